"""Read requests to Innocalls, with values stripped: the page's samples contain stray blanks."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mockserver.core.account import Account
from mockserver.core.call import Call, PlannedCall
from mockserver.core.http import Request, value_text
from mockserver.core.missing_package import MissingPackage
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import to_milliseconds
from mockserver.providers.innocalls.records import Flow, Settings

TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
DEFAULT_TIME_ZONE: Final = "Africa/Cairo"  # observed: the default of the vendor's dashboard
SESSION_COOKIE: Final = "innocalls_session"
JSON_TYPES: Final = frozenset({"*/*", "application/*", "application/json"})
DEFAULT_SPOKEN_TYPE: Final = "order_number"
SPOKEN_LABELS: Final = {
    "order_number": "order number",
    "order_cost": "order cost",
    "items_count": "items count",
}
"""Parameter that `type` may name -> the words that introduce it when read out (assumed)."""

Fields = Mapping[str, object]


def field_text(fields: Fields, name: str) -> str:
    return value_text(fields.get(name)).strip()


def request_text(context: RequestContext, name: str) -> str:
    return field_text(context.fields, name)


def whole_number(fields: Fields, name: str, default: int) -> int:
    """A field as an integer; `default` if it is absent or blank."""
    return int(field_text(fields, name) or default)


def strip_international_prefix(phone: str) -> str:
    """The number without the `00` before the country code, which the WebRTC sample has."""
    return phone.removeprefix("00")


def credential(request: Request) -> str | None:
    """The bearer token, else the API key of the session cookie, else that of the login form."""
    default_time_zone()  # no request is answered without it
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return session(request)[1] or field_text(request.fields, "password") or None


def session(request: Request) -> tuple[str, str]:
    """(extension, API key) of the session cookie; both empty without one."""
    try:
        cookies = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return "", ""
    value = cookies[SESSION_COOKIE].value if SESSION_COOKIE in cookies else ""
    extension, _, key = value.partition(":")
    return unquote(extension), unquote(key)


def accepts_json(request: Request) -> bool:
    """Whether the `Accept` header allows JSON; a request without the header accepts everything."""
    header = request.headers.get("accept", "").lower()
    ranges = (part.partition(";") for part in header.split(","))
    accepted = {name.strip() for name, _, options in ranges if options.replace(" ", "") != "q=0"}
    return not header.strip() or bool(accepted & JSON_TYPES)


def settings(account: Account) -> Settings:
    value = account.settings
    return value if isinstance(value, Settings) else Settings()


def time_zone(account: Account | None) -> ZoneInfo:
    """The zone of `call_time` and of time stamps."""
    return (account and account.time_zone) or default_time_zone()


def default_time_zone() -> ZoneInfo:
    """The default zone, on first use: without its data, the other vendors are served.

    Raises:
        MissingPackage: neither the system nor the package tzdata has the zone.
    """
    try:
        return ZoneInfo(DEFAULT_TIME_ZONE)
    except ZoneInfoNotFoundError:
        raise MissingPackage(
            f"this machine has no data of the time zone {DEFAULT_TIME_ZONE}: install the package "
            "tzdata"
        ) from None


def find_flow(context: RequestContext) -> Flow | None:
    """The call flow that the request names; None if the account has none of that id."""
    flow: Flow | None = context.authenticated_account.records.get("flows", {}).get(
        request_text(context, "call_flow_id")
    )
    return flow


def call_time(context: RequestContext) -> int | None:
    """The time at which a bridge starts, in ms; None if `call_time` is absent or unreadable."""
    zone = time_zone(context.account)
    try:
        start = datetime.strptime(request_text(context, "call_time"), TIME_FORMAT).replace(
            tzinfo=zone
        )
        return to_milliseconds(start.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def format_time(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at // 1_000, zone).strftime(TIME_FORMAT)


def spoken_parameters(fields: Fields) -> tuple[str, ...]:
    """The parameters that an order confirmation reads out, in order: `type`, split at its dots."""
    return tuple((field_text(fields, "type") or DEFAULT_SPOKEN_TYPE).split("."))


def find_bridge(context: RequestContext) -> Call | None:
    """The bridge with the `call_id` of a status request; None unless account and flow match too."""
    call = context.read_model.find_call("innocalls", request_text(context, "call_id"))
    if call is None or call.spec.operation != "bridge":
        return None
    is_own = call.spec.account == context.authenticated_account.name
    flow_id = field_text(call.spec.parameters, "call_flow_id")
    return call if is_own and flow_id == request_text(context, "call_flow_id") else None


def is_status_request(request: Request) -> bool:
    """Whether a POST to the bridging path asks for a status: the page's curl sample does so."""
    return "call_id" in request.fields and not any(
        name in request.fields for name in ("first_callee_number", "second_callee_number")
    )


def planned_single_call(context: RequestContext) -> tuple[PlannedCall, ...]:
    """The planned call of an order confirmation or a dispatch."""
    return (PlannedCall("one-leg", {"a": request_text(context, "phone")}, context.fields),)


def planned_bridge(context: RequestContext) -> tuple[PlannedCall, ...]:
    legs = {
        "a": request_text(context, "first_callee_number"),
        "b": request_text(context, "second_callee_number"),
    }
    return (PlannedCall("b-after-a", legs, context.fields, call_time(context)),)


def phone_number(request: Request) -> str:
    return strip_international_prefix(re.sub(r"\s", "", field_text(request.fields, "phone_number")))
