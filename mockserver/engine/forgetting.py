"""Which calls a sandbox may forget, so that it can play for days."""

from typing import Final

from mockserver.core.call import parse_recording_token
from mockserver.engine.store import Store

ENDED: Final = 10_000
"""So many calls that have ended are remembered; then those that ended first are forgotten."""

LOOKS: Final = 2  # for each call that ends, so that those who must stay cost little


def retire(store: Store, name: str) -> None:
    """A call has ended; one whose webhooks are still on their way stays until they are not."""
    store.ended[name] = None
    store.ended.move_to_end(name)
    for _ in range(min(LOOKS, len(store.ended) - ENDED)):
        oldest, _ = store.ended.popitem(last=False)
        if _over(store, oldest):
            _forget(store, oldest)
        else:
            store.ended[oldest] = None


def _over(store: Store, name: str) -> bool:
    on_their_way = (store.deliveries[one].state == "pending" for one in store.sent.get(name, ()))
    return store.calls[name].phase == "ended" and not any(on_their_way)


def _forget(store: Store, name: str) -> None:
    order = store.calls.pop(name).spec
    for webhook in store.sent.pop(name, ()):
        del store.deliveries[webhook]
    store.named.pop((order.provider, order.vendor_id), None)
    store.media.pop(parse_recording_token(order.recording_url), None)
    store.forget(name)
