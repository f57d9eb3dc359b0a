"""Each word of a scenario changes what happens, or is refused, or is reported as ignored."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import Phase, given, settings

from mockserver.config.problems import InvalidFiles
from tests.support import read
from tests.support.scenario_table import play_site
from tests.support.scenario_words import Wish, leaves, others, replaced, wishes

SEEDS = tuple(f"seed-{number}" for number in range(8))
REFUSED = ["refused"]


def outcome(folder: Path, wish: Wish, scenario: Mapping[str, Any], seed: str) -> list[Any]:
    """Return what happens with the scenario in place of the wish's own."""
    text = yaml.safe_dump(wish._replace(scenario=scenario).file, sort_keys=False)
    try:
        site, lines = play_site(folder, text, wish.operation, wish.requests, seed)
    except InvalidFiles:
        return REFUSED
    responses = [exchange.response for exchange in read.exchanges(site.sandbox.state)]
    altered = [item["altered"] for item in site.get_json("/_mock/webhooks")["webhooks"]]
    ignored = [entry for entry in read.journal(site.sandbox.state) if "ignored" in entry.type]
    return [*lines, *responses, *altered, *ignored]


def is_seen(folder: Path, wish: Wish, changed: Mapping[str, Any]) -> bool:
    """Return True if some seed tells the changed scenario from the wish's own."""
    return any(
        outcome(folder, wish, wish.scenario, seed) != outcome(folder, wish, changed, seed)
        for seed in SEEDS
    )


def unseen_words(folder: Path, wish: Wish) -> list[Any]:
    """Return the paths of the words that no legal value in their place changes anything."""
    assert outcome(folder, wish, wish.scenario, SEEDS[0]) != REFUSED, wish
    return [
        path
        for path, value in leaves(wish.scenario)
        if not any(
            is_seen(folder, wish, replaced(wish.scenario, path, other))
            for other in others(path, value)
        )
    ]


def test_each_word_in_the_place_of_another_can_be_seen(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    @settings(max_examples=request.config.getoption("--scenarios"), phases=[Phase.generate])
    @given(wish=wishes)
    def check(wish: Wish) -> None:
        assert unseen_words(tmp_path, wish) == [], wish

    check()


def test_a_word_that_changes_nothing_is_found(tmp_path: Path) -> None:
    wish = Wish("flow", {"description": "nobody reads it", "legs": {"callee": {"ring": "3001ms"}}})
    assert unseen_words(tmp_path, wish) == [("description",)]
