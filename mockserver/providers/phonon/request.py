"""Read requests to Phonon: its items (calls) with their start times, numbers and keys."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from typing import Any, Final

from mockserver.core.account import Account
from mockserver.core.call import Call, PlannedCall
from mockserver.core.http import Request, value_text
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import MINUTE, SECOND, to_datetime, to_milliseconds, to_reachable_time
from mockserver.providers.phonon.iso_time import parse_iso_time
from mockserver.providers.phonon.records import Flow, Settings

KOLKATA: Final = timezone(timedelta(hours=5, minutes=30))
NUMBER_PATTERN: Final = re.compile(r"\+?[0-9]{10,15}", re.ASCII)
KEY_PREFIX: Final = "$flow.key."
JSON_TYPE: Final = "application/json"
REDUNDANT_UTC_MARK: Final = re.compile(r"Z(?=[+-])")  # a vendor sample has `Z` and an offset

Item = Mapping[str, Any]
"""An element of `calls`."""


def credential(request: Request) -> str | None:
    value = request.fields.get("security-id")
    return value if isinstance(value, str) and value else None


def settings(account: Account) -> Settings:
    value = account.settings
    return value if isinstance(value, Settings) else Settings()


def find_flow(context: RequestContext) -> Flow | None:
    return account_flow(context.authenticated_account, context.text("flow-id"))


def account_flow(account: Account, flow_id: str) -> Flow | None:
    """The flow, or None; an account that lists no flows has a default flow for any id."""
    flows: Mapping[str, Flow] = account.records.get("flows", {})
    return flows.get(flow_id) if flows else Flow()


def contact_numbers(item: Item) -> tuple[str, ...]:
    numbers = item.get("contact-numbers")
    return tuple(map(str, numbers)) if isinstance(numbers, list) else ()


def keys(item: Item) -> tuple[Item, ...]:
    """The pairs of name and value; none if they are null or empty."""
    pairs = item.get("keys")
    return tuple(pairs) if isinstance(pairs, list) else ()


def key_values(item: Item) -> dict[str, str]:
    """Name of a flow variable -> value as text."""
    return {
        value_text(key.get("name")).removeprefix(KEY_PREFIX): value_text(key.get("value"))
        for key in keys(item)
    }


def time_zone(account: Account | None) -> tzinfo:
    """The zone of local times: that of the account, else Kolkata's (assumed)."""
    return (account and account.time_zone) or KOLKATA


def start_time(item: Item, zone: tzinfo) -> datetime | None:
    """The start time of an item; None if it is absent, not ISO 8601 or later than any clock.

    A time without an offset is in `zone`.
    """
    value = item.get("start-time")
    start = parse_iso_time(REDUNDANT_UTC_MARK.sub("", value)) if isinstance(value, str) else None
    if start is None:
        return None
    with_zone = start if start.tzinfo else start.replace(tzinfo=zone)
    return None if to_reachable_time(with_zone) is None else with_zone


def starts_at(item: Item, now: int, zone: tzinfo) -> int | None:
    """The time at which a call starts, in ms; None for now.

    A call starts now if it has no start time, or a past one of today (documented).
    """
    start = start_time(item, zone)
    at = to_milliseconds(start) if start else now
    return at if at > now else None


def is_past_date(item: Item, now: int, zone: tzinfo) -> bool:
    """Whether the item starts before today, in the time zone of its start time."""
    start = start_time(item, zone)
    if start is None:
        return False
    today = to_datetime(now).astimezone(start.tzinfo).date()
    return start.date() < today


def is_address_allowed(client: str, networks: tuple[str, ...]) -> bool:
    """Whether the client's address is in one of `networks`, or there are none.

    A client that is not an IP address is not allowed in either case.
    """
    try:
        address = ip_address(client)
        return not networks or any(address in ip_network(net, strict=False) for net in networks)
    except ValueError:
        return False


def traffic_key(context: RequestContext, host: str) -> str:
    """The key that counts the requests accepted by a host."""
    return f"phonon {context.authenticated_account.name} at {host}"


def seconds_until_open(context: RequestContext, host: str) -> int:
    """The whole seconds until a host accepts a request again; 0 if it does now, or never."""
    limit = settings(context.authenticated_account).per_minute.get(host)
    key, since = traffic_key(context, host), context.now - MINUTE
    if not limit or context.read_model.count_since(key, since) < limit:
        return 0
    seconds = range(1, MINUTE // SECOND + 1)
    is_open = (context.read_model.count_since(key, since + n * SECOND) < limit for n in seconds)
    return next(n for n, open_then in zip(seconds, is_open, strict=True) if open_then)


def checksum_key(context: RequestContext) -> str:
    """The key that counts requests with the same body, byte for byte."""
    digest = blake2b(context.request.body, digest_size=16).hexdigest()
    return f"phonon {context.authenticated_account.name} {digest}"


Json = dict[str, object]


def planned_calls(context: RequestContext) -> tuple[PlannedCall, ...]:
    """A call for each item: to its first number, and to that of the flow's bridge, if it has one.

    An item that is no object, or has no numbers, has an empty number.
    """
    flow_id, items = context.text("flow-id"), context.fields.get("calls")
    flow = account_flow(context.account, flow_id) if context.account else None
    call_flow, bridge = (
        ("callee-first", {"b": flow.bridge}) if flow and flow.bridge else ("one-leg", {})
    )
    return tuple(
        _planned_call(item, flow_id, call_flow, bridge, context)
        for item in (items if isinstance(items, list) else ())
    )


def _planned_call(
    value: object,
    flow_id: str,
    call_flow: str,
    bridge: Mapping[str, str],
    context: RequestContext,
) -> PlannedCall:
    item: Item = value if isinstance(value, dict) else {}
    number = next(iter(contact_numbers(item)), "")
    parameters = {**item, "flow-id": flow_id}
    start = starts_at(item, context.now, time_zone(context.account))
    return PlannedCall(call_flow, {"a": number, **bridge}, parameters, start)


def flow_of_call(call: Call, account: Account) -> Flow:
    return account_flow(account, str(call.spec.parameters["flow-id"])) or Flow()
