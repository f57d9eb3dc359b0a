"""Words of a scenario that the CCAI Platform has no use for are reported as ignored."""

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.selection import ScenarioSet
from mockserver.engine.sandbox_state import SandboxState
from tests.support.simulation import START
from tests.support.vendors.ccai import request

WEBHOOKS = {"any": DeliveryBehavior(duplicate=2)}


@pytest.mark.parametrize(
    ("scenario", "what", "reason"),
    [
        (
            Scenario(name="mine", attempts=("busy", "answered")),
            "attempts",
            "create-inbound dials no call again",
        ),
        (Scenario(name="mine", webhooks=WEBHOOKS), "webhooks.any", "ccai sends no webhooks"),
    ],
)
def test_what_only_other_vendors_do_is_ignored(
    configuration: Configuration, scenario: Scenario, what: str, reason: str
) -> None:
    scenarios = ScenarioSet({"usual": Scenario(name="usual"), "mine": scenario}, "usual")
    state = SandboxState(configuration._replace(scenarios=scenarios), START)
    [ignored] = request(state, "create-inbound", "mine").ignored
    assert (ignored.scenario, ignored.what, ignored.reason) == ("mine", what, reason)
    assert ignored.strict


@pytest.mark.parametrize(
    ("operation", "leg", "behavior", "silent_legs"),
    [
        ("create-outbound", "agent", "no-answer", "a"),
        ("create-outbound", "end_user", "busy", "b"),
        ("create-outbound", "agent", "person", ""),
        ("create-outbound", "end_user", "machine", ""),
        ("create-inbound", "agent", "no-answer", ""),
    ],
)
def test_agents_in_turn_are_ignored_where_no_transfer_can_come(
    configuration: Configuration, operation: str, leg: str, behavior: str, silent_legs: str
) -> None:
    scenarios = ScenarioSet(
        {
            "usual": Scenario(name="usual"),
            "mine": Scenario(name="mine", numbers=("first", "answered")),
            "first": Scenario(name="first", legs={leg: PRESETS[behavior]}),
        },
        "usual",
    )
    state = SandboxState(configuration._replace(scenarios=scenarios), START)
    ignored = request(state, operation, "mine").ignored
    reason = "create-outbound tries another agent only after a transfer, and leg {} does not answer"
    assert [(each.scenario, each.what, each.reason) for each in ignored] == [
        ("mine", "numbers", reason.format(silent_leg)) for silent_leg in silent_legs
    ]
