"""Declare the vendor events of Effebot: end of a prompt, IVR choices, and charges."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mockserver.core.provider import VendorEvent
from mockserver.providers.effebot.call_state import add_answer, add_branch, add_cost

TALKING_STATUSES: Final = frozenset({"answered"})
ALL_STATUSES: Final = frozenset(
    {"created", "processed", "started", "answered", "finished", "canceled"}
)
VENDOR_EVENTS: Final[Mapping[str, VendorEvent]] = MappingProxyType(
    {
        "prompt-over": VendorEvent(TALKING_STATUSES),
        "branch": VendorEvent(
            TALKING_STATUSES, frozenset({"entry", "answer", "block"}), apply=add_branch
        ),
        "unmatched": VendorEvent(TALKING_STATUSES, frozenset({"answer"}), apply=add_answer),
        "paid": VendorEvent(ALL_STATUSES, frozenset({"amount"}), apply=add_cost),
    }
)
