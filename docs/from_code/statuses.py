"""The words that a vendor has for a call while a story is played."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from from_code.markdown import code, table
from mockserver.core.call import Call
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.provider import BoundProvider, Endpoint
from mockserver.core.webhook import DeliveryResult
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import step
from mockserver.engine.webhooks import complete_attempt

PATIENCE = 2_000


class Played(NamedTuple):
    """What came of a story."""

    words: list[str]
    call: Call
    webhooks: list[str]


def statuses(start: Configuration, listing: BoundProvider) -> str:
    heads = ("operation", "story", "outcome", "its words", "webhooks")
    return table(heads, _rows(start, listing))


def _rows(start: Configuration, listing: BoundProvider) -> Iterator[tuple[str, ...]]:
    neutral = [
        name
        for name, story in start.scenarios.by_name.items()
        if "/" not in name and "provider" not in story.needs and story.bundled
    ]
    for endpoint in listing.provider.endpoints:
        for name in neutral:
            if played := _played(start, (listing, endpoint), name):
                yield (
                    code(endpoint.operation),
                    code(name),
                    played.call.outcome or "waits for somebody",
                    " → ".join(map(code, played.words)),
                    ", ".join(map(code, played.webhooks)),
                )


def _played(
    start: Configuration, where: tuple[BoundProvider, Endpoint], story: str
) -> Played | None:
    listing, endpoint = where
    store = SandboxState(start, 0)
    account = next(one for key, one in store.accounts.items() if key[0] == listing.provider.name)
    open_ = account._replace(numbers=None, limits=None, balance=None)
    store.accounts[account.provider, account.name] = open_
    sent = Request(
        endpoint.method, endpoint.path, fields=next(iter(listing.examples(endpoint.operation)), {})
    )
    exchange = handle(store, IncomingRequest(listing, endpoint, sent, (story,), account=open_), 0)
    if not exchange.call_ids:
        return None
    return _followed(store, listing, exchange.call_ids[0])


def _followed(store: SandboxState, listing: BoundProvider, name: str) -> Played:
    words, webhooks = [listing.provider.status(store.calls[name])], []
    for _ in range(PATIENCE):
        due = store.peek()
        if due is None:
            break
        if delivery := step(store):
            complete_attempt(store, delivery, DeliveryResult(200), due.at)
            webhooks.append(delivery.webhook.kind)
        words.append(listing.provider.status(store.calls[name]))
    return Played([word for word, _ in groupby(words)], store.calls[name], webhooks)
