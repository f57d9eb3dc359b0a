"""Words of a scenario that the CCAI Platform has no use for are reported as ignored."""

import pytest

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
