"""Thirty scenarios that testers want: intention, file, and what happens to the millisecond."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.leg_operations import LEG_OPERATIONS
from tests.support.scenario_runs import SCENARIO_TESTS
from tests.support.scenario_table import play

WISHES = yaml.safe_load((SCENARIO_TESTS / "thirty.yaml").read_text("utf-8"))


def plays() -> Iterator[Any]:
    for wish in WISHES:
        for operation, expected in wish["plays"].items():
            yield pytest.param(wish, operation, expected, id=f"{wish['intention']}-{operation}")


@pytest.mark.parametrize(("wish", "operation", "expected"), list(plays()))
def test_a_scenario_plays_what_its_intention_says(
    wish: Any, operation: str, expected: Sequence[str], tmp_path: Path
) -> None:
    assert play(tmp_path, wish["file"], operation, wish.get("requests", [{}])) == expected


def test_there_are_thirty_scenarios_and_twenty_play_on_two_vendors() -> None:
    assert len({wish["intention"] for wish in WISHES}) >= 30
    vendors = [{LEG_OPERATIONS[key].provider for key in wish["plays"]} for wish in WISHES]
    assert sum(len(names) >= 2 for names in vendors) >= 20
