"""How deep a chain of webhooks to ourselves is, from the request to what comes of it."""

from mockserver.core.http import Request
from mockserver.engine.casework import Asked
from mockserver.engine.simulation import request
from mockserver.engine.store import Store
from tests.conftest import CLICK, START, click, play
from tests.toy import LISTING, TOY, ask, opened, shop

HEADERS = {"authorization": "Bearer key", "accept": "application/json"}


def test_a_call_s_webhooks_are_as_deep_as_the_request_that_placed_it(store: Store) -> None:
    listing = store.world.listings["mobtexting"]
    sent = Request("POST", "/api/v2/voice/c2c", headers=HEADERS, fields=dict(CLICK))
    asked = Asked(listing, listing.provider.endpoints[0], sent)
    click(store)
    request(store, asked._replace(depth=3), START)
    assert store.depths == {"c2": 3}
    assert {one.webhook.call_id: one.depth for one in play(store)} == {"c1": 0, "c2": 3}
    store.reset(START)
    assert store.depths == {}


def test_what_a_request_tells_of_a_call_is_as_deep_as_it_is() -> None:
    store = opened(shop({}))
    ask(store)
    sent = Request("GET", "/", fields={"id": "v1"})
    request(store, Asked(LISTING, TOY.endpoints[2], sent, depth=2), 0)
    assert store.depths == {"c1": 2}
