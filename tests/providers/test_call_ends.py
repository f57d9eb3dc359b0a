"""When a call ends, words about webhooks that had no effect on it are ignored."""

import pytest

from mockserver.core.behavior import DEFAULT_BEHAVIOR, IMMEDIATELY, LegAction
from mockserver.core.configuration import Configuration
from mockserver.core.journal import Ignored
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.selection import ScenarioSet
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, play_until_idle
from tests.support.vendors import effebot, innocalls

USUAL = Scenario(name="usual")
REORDERED = DeliveryBehavior(reorder=True)
TWICE = DeliveryBehavior(duplicate=2)
LOST = DeliveryBehavior(drop=1, reorder=True)


def build_state(configuration: Configuration, *scenarios: Scenario) -> SandboxState:
    by_name = {scenario.name: scenario for scenario in scenarios}
    scenario_set = ScenarioSet(by_name, scenarios[0].name)
    return SandboxState(configuration._replace(scenarios=scenario_set), START)


def ignored_words(state: SandboxState) -> list[tuple[str, str, str, bool]]:
    return [
        (each.payload.scenario, each.payload.what, each.payload.reason, each.payload.strict)
        for each in read.journal(state)
        if isinstance(each.payload, Ignored)
    ]


@pytest.mark.parametrize("rank", ["header", "default"])
@pytest.mark.parametrize("kinds", [["any"], ["status", "action"]])
def test_words_about_webhooks_are_ignored_if_the_call_sends_none(
    configuration: Configuration, kinds: list[str], rank: str
) -> None:
    """The request has no `webhookUrl`."""
    mine = Scenario(name="mine", webhooks=dict.fromkeys(kinds, TWICE))
    is_named = rank == "header"
    state = build_state(configuration, *((USUAL, mine) if is_named else (mine, USUAL)))
    effebot.request(state, "create", *(["mine"] if is_named else []))
    assert ignored_words(state) == []
    play_until_idle(state)
    assert ignored_words(state) == [
        ("mine", f"webhooks.{kind}", "the call has sent no webhook", is_named) for kind in kinds
    ]


def test_the_words_of_an_inner_scenario_are_named_by_it(configuration: Configuration) -> None:
    inner = Scenario(name="inner", webhooks={"any": TWICE})
    state = build_state(configuration, USUAL, Scenario(name="mine", use="inner"), inner)
    effebot.request(state, "create", "mine")
    play_until_idle(state)
    assert [words[:2] for words in ignored_words(state)] == [("inner", "webhooks.any")]


def test_what_the_response_has_said_is_not_said_again(configuration: Configuration) -> None:
    mine = Scenario(name="mine", webhooks={"any": TWICE})
    state = build_state(configuration, USUAL, mine)
    innocalls.request(state, "bridge", "mine")
    play_until_idle(state)
    assert ignored_words(state) == [("mine", "webhooks.any", "bridge sends no webhooks", True)]


@pytest.mark.parametrize("behavior", [TWICE, DeliveryBehavior(drop=None)])
def test_words_about_webhooks_that_were_sent_or_dropped_are_not_ignored(
    configuration: Configuration, behavior: DeliveryBehavior
) -> None:
    mine = Scenario(name="mine", webhooks={"cdr": behavior, "get-digits": behavior})
    state = build_state(configuration, USUAL, mine)
    innocalls.request(state, "dispatch", "mine", webhook="http://app.test/")
    play_until_idle(state)
    assert ignored_words(state) == []


@pytest.mark.parametrize(
    ("keys", "webhooks", "ignored"),
    [
        ("", {"any": REORDERED}, ["webhooks.any.reorder"]),
        ("1", {"any": REORDERED}, []),
        ("12", {"any": REORDERED}, []),
        ("", {"any": LOST}, []),
        ("1", {"get-digits": REORDERED, "cdr": DeliveryBehavior(drop=None)},
         ["webhooks.get-digits.reorder"]),
        ("1", {"get-digits": LOST, "cdr": TWICE}, []),
    ],
)  # fmt: skip
def test_a_reorder_is_ignored_if_no_webhook_comes_after_the_first_one(
    configuration: Configuration,
    keys: str,
    webhooks: dict[str, DeliveryBehavior],
    ignored: list[str],
) -> None:
    actions = tuple(
        LegAction(delay=IMMEDIATELY, event_type="press", data={"digits": key}) for key in keys
    )
    legs = {"a": DEFAULT_BEHAVIOR.replace(actions=actions)}
    mine = Scenario(name="mine", legs=legs, webhooks=webhooks)
    state = build_state(configuration, USUAL, mine)
    innocalls.request(state, "dispatch", "mine", webhook="http://app.test/")
    play_until_idle(state)
    assert ignored_words(state) == [
        ("mine", what, "no other webhook of the call came after it", False) for what in ignored
    ]
    assert read.held_deliveries(state) == {}
