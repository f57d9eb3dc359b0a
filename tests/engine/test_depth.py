"""How deep a chain of webhooks to ourselves is, from the request to what comes of it."""

from mockserver.core.http import Request
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.conftest import CLICK, START, click, play
from tests.toy import LISTING, TOY, ask, opened, shop

HEADERS = {"authorization": "Bearer key", "accept": "application/json"}


def test_a_call_s_webhooks_are_as_deep_as_the_request_that_placed_it(store: SandboxState) -> None:
    listing = store.configuration.providers["mobtexting"]
    sent = Request("POST", "/api/v2/voice/c2c", headers=HEADERS, fields=dict(CLICK))
    asked = IncomingRequest(listing, listing.provider.endpoints[0], sent)
    click(store)
    handle(store, asked._replace(webhook_depth=3), START)
    assert store.webhook_depths == {"c2": 3}
    assert {one.webhook.call_id: one.depth for one in play(store)} == {"c1": 0, "c2": 3}
    store.reset(START)
    assert store.webhook_depths == {}


def test_what_a_request_tells_of_a_call_is_as_deep_as_it_is() -> None:
    store = opened(shop({}))
    ask(store)
    sent = Request("GET", "/", fields={"id": "v1"})
    handle(store, IncomingRequest(LISTING, TOY.endpoints[2], sent, webhook_depth=2), 0)
    assert store.webhook_depths == {"c1": 2}
