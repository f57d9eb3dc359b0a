"""The webhook depth: how long a chain of webhooks to the own address is."""

from mockserver.core.http import Request
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.fake_vendor import (
    BOUND_FAKE_VENDOR,
    FAKE_VENDOR,
    build_shop,
    build_state,
    place_calls,
)
from tests.support.simulation import START, build_click_to_call, click_to_call, play_until_idle


def test_the_webhooks_of_a_call_have_the_depth_of_the_request_that_placed_it(
    state: SandboxState,
) -> None:
    click_to_call(state)
    handle(state, build_click_to_call(state).replace(webhook_depth=3), START)
    assert read.webhook_depths(state) == {"c2": 3}
    assert {delivery.webhook.call_id: delivery.depth for delivery in play_until_idle(state)} == {
        "c1": 0,
        "c2": 3,
    }
    state.reset(START)
    assert read.webhook_depths(state) == {}


def test_an_event_from_a_request_gives_the_call_the_depth_of_that_request() -> None:
    state = build_state(build_shop({}))
    place_calls(state)
    request = Request(method="GET", path="/", fields={"id": "v1"})
    handle(
        state,
        build_incoming_request(
            bound=BOUND_FAKE_VENDOR,
            endpoint=FAKE_VENDOR.endpoints[2],
            request=request,
            webhook_depth=2,
        ),
        0,
    )
    assert read.webhook_depths(state) == {"c1": 2}
