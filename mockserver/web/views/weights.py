"""How long exchanges, deliveries and journal entries take to serialize."""

from collections.abc import Mapping

from mockserver.core.call import Event
from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import Delivery
from mockserver.engine.exchange import Exchange
from mockserver.web.slices import weigh


def weigh_exchange(exchange: Exchange) -> int:
    request = exchange.request
    return weigh(request.body, request.headers, request.query, exchange.response.body)


def weigh_delivery(delivery: Delivery) -> int:
    bodies = [attempt.result.body for attempt in delivery.attempts]
    return weigh(delivery.webhook.body, delivery.webhook.url, bodies)


def weigh_entry(entry: JournalEntry) -> int:
    match entry.payload:
        case Exchange():
            return weigh_exchange(entry.payload)
        case Delivery():
            return weigh_delivery(entry.payload)
        case Event():
            return weigh(entry.payload.data)
        case Mapping():
            return weigh(entry.payload)
    return 0
