"""Words of a scenario that a batch of calls can follow, if only with the help of one another."""

from mockserver.core.behavior import IMMEDIATELY, LegBehavior
from mockserver.core.configuration import Configuration
from mockserver.core.journal import Ignored
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.selection import ScenarioSet
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, play_until_idle
from tests.support.vendors.phonon import ITEM_EXAMPLE, request


def test_webhooks_of_a_batch_that_swap_before_the_response_are_in_time(
    configuration: Configuration,
) -> None:
    """The third one stays alone, which the response cannot know."""
    mine = Scenario(
        name="mine",
        legs={"a": LegBehavior(ring=IMMEDIATELY, hangup=IMMEDIATELY)},
        webhooks={"any": DeliveryBehavior(before_reply=True, reorder_calls=True)},
    )
    scenarios = ScenarioSet({"usual": Scenario(name="usual"), "mine": mine}, "usual")
    state = SandboxState(configuration._replace(scenarios=scenarios), START)
    items = [{}, *({**ITEM_EXAMPLE, "contact-numbers": [f"91886713600{n}"]} for n in range(3))]
    exchange = request(state, "mine", calls=items)
    play_until_idle(state)
    ignored = [each.payload for each in read.journal(state) if isinstance(each.payload, Ignored)]
    assert (len(exchange.placed_calls), exchange.ignored) == (3, ())
    assert [(each.webhook_id, each.what) for each in ignored] == [
        ("w3", "webhooks.any.before_reply"),
        ("w3", "webhooks.any.reorder"),
    ]
