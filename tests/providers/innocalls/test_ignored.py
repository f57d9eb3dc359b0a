"""Words of a scenario that suit some operation of Innocalls, and those that suit none."""

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.selection import ScenarioSet
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, play_until_idle
from tests.support.vendors.innocalls import request

REORDERED = DeliveryBehavior(reorder=True)


@pytest.mark.parametrize(
    ("kind", "what"),
    [("any", []), ("get-digits", []), ("cdr", ["webhooks.cdr.reorder"])],
)
def test_only_the_last_webhook_of_a_call_cannot_wait_for_another_one(
    configuration: Configuration, kind: str, what: list[str]
) -> None:
    mine = Scenario(name="mine", webhooks={kind: REORDERED})
    scenarios = ScenarioSet({"usual": Scenario(name="usual"), "mine": mine}, "usual")
    state = SandboxState(configuration._replace(scenarios=scenarios), START)
    exchange = request(state, "dispatch", "mine")
    assert [ignored.what for ignored in exchange.ignored] == what


@pytest.mark.parametrize(
    ("kinds", "ignored"),
    [
        (["any"], [("webhooks.any.corrupt", "no webhook cdr or get-digits has a body")]),
        (["cdr"], [("webhooks.cdr.corrupt", "no webhook cdr has a body")]),
        (["cdr", "get-digits", "any"], [
            ("webhooks.cdr.corrupt", "no webhook cdr has a body"),
            ("webhooks.get-digits.corrupt", "no webhook get-digits has a body"),
        ]),
        (["status"], [("webhooks.status", "innocalls sends no webhook status")]),
    ],
)  # fmt: skip
def test_a_webhook_without_a_body_cannot_be_damaged(
    configuration: Configuration, kinds: list[str], ignored: list[tuple[str, str]]
) -> None:
    damage = DeliveryBehavior(corrupt="truncate")
    mine = Scenario(name="mine", webhooks=dict.fromkeys(kinds, damage))
    scenarios = ScenarioSet({"usual": Scenario(name="usual"), "mine": mine}, "usual")
    state = SandboxState(configuration._replace(scenarios=scenarios), START)
    exchange = request(state, "dispatch", "mine", webhook="http://app.test/")
    assert [(each.what, each.reason) for each in exchange.ignored] == ignored
    play_until_idle(state)
    assert {each.webhook.corrupt for each in read.deliveries(state).values()} == {""}


@pytest.mark.parametrize("kind", ["any", "cdr"])
@pytest.mark.parametrize(
    ("operation", "reasons"), [("bridge", ["bridge sends no webhooks"]), ("dispatch", [])]
)
def test_words_about_webhooks_are_ignored_where_the_operation_sends_none(
    configuration: Configuration, kind: str, operation: str, reasons: list[str]
) -> None:
    mine = Scenario(name="mine", webhooks={kind: DeliveryBehavior(duplicate=2)})
    scenarios = ScenarioSet({"usual": Scenario(name="usual"), "mine": mine}, "usual")
    state = SandboxState(configuration._replace(scenarios=scenarios), START)
    exchange = request(state, operation, "mine")
    assert [(each.what, each.reason) for each in exchange.ignored] == [
        (f"webhooks.{kind}", reason) for reason in reasons
    ]
