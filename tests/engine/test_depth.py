"""How deep a chain of webhooks to ourselves is, from the request to what comes of it."""

from mockserver.core.http import Request
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.fake_vendor import (
    BOUND_FAKE_VENDOR,
    FAKE_VENDOR,
    build_shop,
    build_state,
    place_calls,
)
from tests.support.simulation import CLICK_TO_CALL, START, click_to_call, play_until_idle

HEADERS = {"authorization": "Bearer key", "accept": "application/json"}


def test_a_call_s_webhooks_are_as_deep_as_the_request_that_placed_it(state: SandboxState) -> None:
    listing = state.configuration.providers["mobtexting"]
    sent = Request(
        method="POST", path="/api/v2/voice/c2c", headers=HEADERS, fields=dict(CLICK_TO_CALL)
    )
    asked = IncomingRequest(bound=listing, endpoint=listing.provider.endpoints[0], request=sent)
    click_to_call(state)
    handle(state, asked._replace(webhook_depth=3), START)
    assert read.webhook_depths(state) == {"c2": 3}
    assert {one.webhook.call_id: one.depth for one in play_until_idle(state)} == {"c1": 0, "c2": 3}
    state.reset(START)
    assert read.webhook_depths(state) == {}


def test_what_a_request_tells_of_a_call_is_as_deep_as_it_is() -> None:
    state = build_state(build_shop({}))
    place_calls(state)
    sent = Request(method="GET", path="/", fields={"id": "v1"})
    handle(
        state,
        IncomingRequest(
            bound=BOUND_FAKE_VENDOR,
            endpoint=FAKE_VENDOR.endpoints[2],
            request=sent,
            webhook_depth=2,
        ),
        0,
    )
    assert read.webhook_depths(state) == {"c1": 2}
