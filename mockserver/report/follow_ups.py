"""The requests to the vendor's API that follow a webhook."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mockserver.core.call import Event
from mockserver.core.journal import JournalEntry
from mockserver.core.value import Value
from mockserver.core.webhook import Delivery
from mockserver.engine.exchange import Exchange
from mockserver.report.copies import is_asked

SAME_CALL: Final = "same-call"
UNANSWERED: Final = "unanswered"


class FollowUp(Value):
    """A request to the vendor's API after a webhook: `webhook` is its id, `url` where it went.

    `because` is `same-call` if the request reads or moves the call of the webhook, and `unanswered`
    if it came while the receiver had not answered yet.
    """

    request: str
    operation: str
    webhook: str
    url: str
    because: str


def find_follow_ups(entries: Sequence[JournalEntry]) -> Iterator[FollowUp]:
    """Yield the requests that follow a webhook, oldest first.

    Each follows one webhook: the latest of a call that it reads or moves, else the one that has
    waited longest for its answer.
    """
    unanswered = _find_unanswered(entries)
    latest: dict[str, Delivery] = {}
    for index, entry in enumerate(entries):
        if isinstance(entry.payload, Exchange):
            yield from _follow_up(entry.payload, _touched_calls(entries, index), latest, unanswered)
        elif attempt := _asked_delivery(entry):
            latest[attempt.webhook.call_id] = attempt


def _follow_up(
    exchange: Exchange,
    touched: Sequence[str],
    latest: Mapping[str, Delivery],
    unanswered: Mapping[str, Delivery],
) -> Iterator[FollowUp]:
    waiting = unanswered.get(exchange.id)
    of_calls = [latest[call_id] for call_id in touched if call_id in latest]
    if waiting and (waiting.webhook.call_id in touched or not of_calls):
        because = SAME_CALL if waiting.webhook.call_id in touched else UNANSWERED
        yield _build(exchange, waiting, because)
    elif of_calls:
        yield _build(exchange, of_calls[0], SAME_CALL)


def _build(exchange: Exchange, delivery: Delivery, because: str) -> FollowUp:
    url = delivery.webhook.url
    return FollowUp(exchange.id, exchange.operation, delivery.id, url, because)


def _find_unanswered(entries: Sequence[JournalEntry]) -> dict[str, Delivery]:
    """Map requests to the webhook that had waited longest for its answer when they came.

    An attempt has its entry when it ends, and in it the time of its beginning. What begins in the
    instant of a request for a call of that request follows from it.
    """
    found: dict[str, Delivery] = {}
    earliest: Delivery | None = None
    for entry in reversed(entries):
        if isinstance(entry.payload, Exchange):
            if earliest and _began_before(earliest, entry.payload):
                found[entry.payload.id] = earliest
        elif (attempt := _asked_delivery(entry)) and not (
            earliest and _beginning(earliest) < _beginning(attempt)
        ):
            earliest = attempt
    return found


def _began_before(delivery: Delivery, exchange: Exchange) -> bool:
    is_own = delivery.webhook.call_id in exchange.placed_calls.values()
    return _beginning(delivery) <= exchange.at and not is_own


def _beginning(delivery: Delivery) -> int:
    return delivery.attempts[-1].at


def _asked_delivery(entry: JournalEntry) -> Delivery | None:
    """Return the delivery of the entry if its latest attempt went to the receiver."""
    payload = entry.payload
    is_asking = isinstance(payload, Delivery) and is_asked(payload.attempts[-1].result)
    return payload if isinstance(payload, Delivery) and is_asking else None


def _touched_calls(entries: Sequence[JournalEntry], index: int) -> tuple[str, ...]:
    """Return the ids of the calls that the request of an entry reads or moves, not those it places.

    A read is an event `poll` directly after the request.
    """
    exchange = entries[index].payload
    moved = exchange.call_ids if isinstance(exchange, Exchange) else ()
    placed = exchange.placed_calls.values() if isinstance(exchange, Exchange) else ()
    return (*(each for each in moved if each not in placed), *_polled_calls(entries, index + 1))


def _polled_calls(entries: Sequence[JournalEntry], index: int) -> Iterator[str]:
    while index < len(entries) and _is_poll(entries[index].payload):
        yield entries[index].call_id
        index += 1


def _is_poll(payload: object) -> bool:
    return isinstance(payload, Event) and payload.type == "poll"
