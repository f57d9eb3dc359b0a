"""Drawn scenarios: each passes the check, and a failing one shrinks to the words that matter."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from mockserver.compiler import build_configuration, load_providers
from mockserver.settings import Settings
from mockserver.testing import scenarios

PROVIDERS = tuple(load_providers())


SMALLEST = settings(
    max_examples=2_000,
    database=None,
    derandomize=True,
    phases=(Phase.generate, Phase.shrink),
)


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(PROVIDERS), st.booleans()).flatmap(
            lambda drawn: scenarios(drawn[0], person=True, match=drawn[1])
        ),
        min_size=10,
        max_size=10,
    )
)
def test_every_drawn_scenario_passes_the_check(drawn: list[dict[str, Any]]) -> None:
    """500 scenarios, 10 at a time."""
    named = {f"drawn-{number}": scenario for number, scenario in enumerate(drawn)}
    text = json.dumps({"scenarios": named}).encode()
    configuration = build_configuration(Settings(seed="s"), {"drawn.json": text})
    assert {*named} <= {*configuration.scenarios.by_name}


def smallest(provider: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the smallest scenario for which this holds, without its needs."""
    found = find(scenarios(provider, person=True), holds, settings=SMALLEST)
    return {word: found[word] for word in found if word != "needs"}


@pytest.mark.parametrize(
    ("provider", "word", "expected"),
    [
        ("mobtexting", "legs", {"legs": {"callee": "answered"}}),
        ("mobtexting", "responses", {"responses": ["pass", "pass"]}),
        ("phonon", "numbers", {"numbers": [{"callee": "no-answer"}, {"callee": "answered"}]}),
        ("phonon", "attempts", {"attempts": [{"callee": "no-answer"}, {"callee": "answered"}]}),
    ],
)
def test_a_scenario_shrinks_to_the_words_that_matter(
    provider: str, word: str, expected: dict[str, Any]
) -> None:
    assert smallest(provider, lambda scenario: word in scenario) == expected


def test_a_scenario_for_webhooks_shrinks_to_one_word_on_one_kind() -> None:
    found = smallest("mobtexting", lambda scenario: "webhooks" in scenario)
    assert (list(found), [len(words) for words in found["webhooks"].values()]) == (
        ["webhooks"],
        [1],
    )


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_leg_waits_for_a_person_only_if_that_is_asked_for(provider: str) -> None:
    assert smallest(provider, lambda scenario: "'person'" in str(scenario)) == {
        "legs": {"callee": "person"}
    }


@given(st.sampled_from(PROVIDERS).flatmap(scenarios))
def test_no_leg_waits_for_a_person_otherwise(scenario: dict[str, Any]) -> None:
    assert "'person'" not in str(scenario)


@given(scenarios("phonon", "create", match=True))
def test_a_scenario_can_match_the_requests_of_its_operation(scenario: dict[str, Any]) -> None:
    needs = scenario["needs"]
    assert {key: scenario["match"][key] for key in needs} == needs


@pytest.mark.parametrize("provider", ["mobtexting", "effebot"])
def test_webhooks_before_the_reply_are_drawn(provider: str) -> None:
    found = smallest(provider, lambda scenario: "before_reply" in str(scenario))
    assert list(found)[-1] == "webhooks"


@given(scenarios("ccai", "create-inbound"))
def test_a_scenario_can_be_for_one_operation(scenario: dict[str, Any]) -> None:
    assert scenario["needs"] == {"provider": "ccai", "operation": "create-inbound"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mobtextin",), "no provider is named 'mobtextin': did you mean 'mobtexting'?"),
        (
            ("x",),
            "no provider is named 'x': known: ccai, effebot, innocalls, mobtexting, phonon",
        ),
        (
            ("mobtexting", "call"),
            "mobtexting has no operation 'call' that places calls: known: c2c",
        ),
        (
            ("ccai", "create-inboun"),
            "ccai has no operation 'create-inboun' that places calls: .* 'create-inbound'?",
        ),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(
    arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValueError, match="^" + message.replace("?", r"\?") + "$"):
        scenarios(*arguments)
