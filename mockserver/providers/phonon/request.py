"""What a request to Phonon says: its calls, their times, numbers and keys."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from typing import Any, Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.http import Request
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import to_datetime, to_milliseconds
from mockserver.providers.phonon.records import Flow, Settings

KOLKATA: Final = timezone(timedelta(hours=5, minutes=30))
NUMBER_PATTERN: Final = re.compile(r"\+?[0-9]{10,15}", re.ASCII)
KEY_PREFIX: Final = "$flow.key."
REDUNDANT_UTC_MARK: Final = re.compile(r"Z(?=[+-])")  # one of the vendor's own samples has both

Item = Mapping[str, Any]


def credential(request: Request) -> str | None:
    told = request.fields.get("security-id")
    return told if isinstance(told, str) and told else None


def settings(account: Account) -> Settings:
    told = account.settings
    return told if isinstance(told, Settings) else Settings()


def find_flow(context: RequestContext) -> Flow | None:
    return account_flow(context.authenticated_account, context.text("flow-id"))


def account_flow(account: Account, flow_id: str) -> Flow | None:
    """An account that names no flow has every one."""
    known: Mapping[str, Flow] = account.records.get("flows", {})
    return known.get(flow_id) if known else Flow()


def call_items(fields: Mapping[str, object]) -> tuple[Item, ...]:
    listed = fields.get("calls")
    return tuple(one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def contact_numbers(item: Item) -> tuple[str, ...]:
    listed = item.get("contact-numbers")
    return tuple(map(str, listed)) if isinstance(listed, list) else ()


def key_values(item: Item) -> dict[str, str]:
    """Variable -> value."""
    listed = item.get("keys")
    pairs = listed if isinstance(listed, list) else ()
    return {str(one["name"]).removeprefix(KEY_PREFIX): str(one.get("value", "")) for one in pairs}


def start_time(item: Item) -> datetime | None:
    """With the offset that it has; Kolkata's where it has none (assumed). None if it is none."""
    told = item.get("start-time")
    try:
        when = datetime.fromisoformat(REDUNDANT_UTC_MARK.sub("", str(told)))
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=KOLKATA)


def starts_at(item: Item, now: int) -> int | None:
    """None for at once: no time at all, or one of today that is past (documented)."""
    when = start_time(item)
    at = None if when is None else to_milliseconds(when.astimezone(UTC))
    return at if at is not None and at > now else None


def is_past_date(item: Item, now: int) -> bool:
    """A day before today, as it is where the time says."""
    when = start_time(item)
    if when is None or when.tzinfo is None:
        return False
    today = to_datetime(now).astimezone(when.tzinfo).date()
    return when.date() < today


def is_address_allowed(client: str, networks: tuple[str, ...]) -> bool:
    """Whether a caller's address lies in one of the networks; without any it does."""
    try:
        address = ip_address(client)
        return not networks or any(address in ip_network(one, strict=False) for one in networks)
    except ValueError:
        return False


def traffic_key(context: RequestContext, host: str) -> str:
    """The mark of a request that a host has taken."""
    return f"phonon {context.authenticated_account.name} at {host}"


def checksum_key(context: RequestContext) -> str:
    """The mark of a request's very bytes."""
    told = blake2b(context.request.body, digest_size=16).hexdigest()
    return f"phonon {context.authenticated_account.name} {told}"


Json = dict[str, object]


def called_numbers(request: Request) -> tuple[Mapping[str, str], ...]:
    listed = (contact_numbers(item) for item in call_items(request.fields))
    return tuple({"a": one[0], "callee": one[0]} for one in listed if one)


def flow_of_call(call: Call, account: Account) -> Flow:
    return account_flow(account, str(call.spec.parameters["flow-id"])) or Flow()
