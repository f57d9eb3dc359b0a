"""Declare the vendor events of Effebot: caller number, prompt, silence, IVR choices, charges."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mockserver.core.provider import EventContext, VendorEvent
from mockserver.providers.effebot.call_state import (
    add_answer,
    add_branch,
    add_caller,
    add_cost,
)

TALKING_STATUSES: Final = frozenset({"answered"})
ALL_STATUSES: Final = frozenset(
    {"created", "processed", "started", "answered", "finished", "canceled"}
)
PHONE: Final = re.compile(r"[0-9]{11}", re.ASCII)
AMOUNT: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)


def explain_amount(context: EventContext) -> str:
    """Say why the amount of a payment is none; empty if it is one."""
    amount = str(context.event.data.get("amount", ""))
    if AMOUNT.fullmatch(amount):
        return ""
    return f"paid needs an amount in USD such as 0.05, not {amount!r}"


def explain_caller(context: EventContext) -> str:
    """Say why the number is no caller number; empty if it is one."""
    number = str(context.event.data.get("caller", ""))
    if PHONE.fullmatch(number):
        return ""
    return f"caller-chosen needs a caller of 11 digits, not {number!r}"


VENDOR_EVENTS: Final[Mapping[str, VendorEvent]] = MappingProxyType(
    {
        "caller-chosen": VendorEvent(
            frozenset({"created"}),
            frozenset({"caller"}),
            apply=add_caller,
            guard=explain_caller,
        ),
        "prompt-over": VendorEvent(TALKING_STATUSES),
        "silence": VendorEvent(TALKING_STATUSES, is_timer=True, is_timeout=True),
        "branch": VendorEvent(
            TALKING_STATUSES, frozenset({"entry", "answer", "block"}), apply=add_branch
        ),
        "unmatched": VendorEvent(TALKING_STATUSES, frozenset({"answer"}), apply=add_answer),
        "paid": VendorEvent(
            ALL_STATUSES, frozenset({"amount"}), apply=add_cost, guard=explain_amount
        ),
    }
)
