"""Colors of log lines on a terminal: what failed is red, what was refused or ignored yellow."""

from typing import Final

from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import Delivery
from mockserver.engine.exchange import Exchange

RESET: Final = "\x1b[0m"
DIM: Final = "\x1b[2m"
RED: Final = "\x1b[31m"
YELLOW: Final = "\x1b[33m"
CYAN: Final = "\x1b[36m"

FIRST_REFUSAL: Final = 400
FIRST_FAILURE: Final = 500
COLORS_BY_TYPE: Final = {
    "error": RED,
    "ignored": YELLOW,
    "event-rejected": YELLOW,
    "webhook-dropped": YELLOW,
}


def color_line(text: str, entry: JournalEntry) -> str:
    """Return the line with its time dimmed, and the rest in the color of the entry."""
    time, _, rest = text.partition(" ")
    color = _color(entry)
    return f"{DIM}{time}{RESET} " + (f"{color}{rest}{RESET}" if color else rest)


def _color(entry: JournalEntry) -> str:
    match entry.payload:
        case Exchange() as exchange:
            return _request_color(exchange)
        case Delivery() as delivery if delivery.attempts:
            return CYAN if delivery.state == "delivered" else RED
    return COLORS_BY_TYPE.get(entry.type, "")


def _request_color(exchange: Exchange) -> str:
    status = exchange.response.status
    if status >= FIRST_FAILURE:
        return RED
    return YELLOW if status >= FIRST_REFUSAL or exchange.fault else ""
