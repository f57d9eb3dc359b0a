"""What an Innocalls request says: its values trimmed, as the page's own samples carry blanks."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.http import Request
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import to_milliseconds
from mockserver.providers.innocalls.records import Flow, Settings

TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
SESSION_COOKIE: Final = "innocalls_session"
JSON_TYPES: Final = frozenset({"*/*", "application/*", "application/json"})
DEFAULT_SPOKEN_TYPE: Final = "order_number"
SPOKEN_LABELS: Final = {
    "order_number": "order number",
    "order_cost": "order cost",
    "items_count": "items count",
}
"""What `type` may name, and how it is read out (assumed)."""

Fields = Mapping[str, object]


def field_text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return "" if value is None else str(value).strip()


def request_text(context: RequestContext, name: str) -> str:
    return field_text(context.fields, name)


def whole_number(fields: Fields, name: str, default: int) -> int:
    """A whole number; of a blank one the default."""
    return int(field_text(fields, name) or default)


def strip_international_prefix(phone: str) -> str:
    """Without the `00` that WebRTC's sample has before the country code."""
    return phone.removeprefix("00")


def credential(request: Request) -> str | None:
    """The bearer token, else the key of a browser's session, or of the form that opens one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return session(request)[1] or field_text(request.fields, "password") or None


def session(request: Request) -> tuple[str, str]:
    """Extension and key of a browser that has logged in; empty if it has not."""
    try:
        cookies = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return "", ""
    told = cookies[SESSION_COOKIE].value if SESSION_COOKIE in cookies else ""
    extension, _, key = told.partition(":")
    return unquote(extension), unquote(key)


def accepts_json(request: Request) -> bool:
    """Without an `Accept` header anything will do."""
    accepted = request.headers.get("accept", "").lower()
    kinds = (part.partition(";") for part in accepted.split(","))
    taken = {kind.strip() for kind, _, more in kinds if more.replace(" ", "") != "q=0"}
    return not accepted.strip() or bool(taken & JSON_TYPES)


def settings(account: Account) -> Settings:
    told = account.settings
    return told if isinstance(told, Settings) else Settings()


def find_flow(context: RequestContext) -> Flow | None:
    """The account's call flow of the request; None if it has none of that id."""
    found: Flow | None = context.authenticated_account.records.get("flows", {}).get(
        request_text(context, "call_flow_id")
    )
    return found


def call_time(context: RequestContext) -> int | None:
    """When a bridge is to begin, in ms; None if nothing readable is said."""
    zone = settings(context.authenticated_account).time_zone
    try:
        when = datetime.strptime(request_text(context, "call_time"), TIME_FORMAT).replace(
            tzinfo=zone
        )
    except ValueError:
        return None
    return to_milliseconds(when.astimezone(UTC))


def format_time(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at // 1_000, zone).strftime(TIME_FORMAT)


def spoken_parameters(fields: Fields) -> tuple[str, ...]:
    """The parameters that an order confirmation reads out, in order."""
    return tuple((field_text(fields, "type") or DEFAULT_SPOKEN_TYPE).split("."))


def find_bridge(context: RequestContext) -> Call | None:
    """The bridge that a status request means, if it is this account's and that flow's."""
    call = context.read_model.find_call("innocalls", request_text(context, "call_id"))
    if call is None or call.spec.operation != "bridge":
        return None
    own = call.spec.account == context.authenticated_account.name
    flow_id = field_text(call.spec.parameters, "call_flow_id")
    return call if own and flow_id == request_text(context, "call_flow_id") else None


def is_status_request(request: Request) -> bool:
    """The page's curl sample for call status posts to the path of bridging."""
    return "call_id" in request.fields and not any(
        name in request.fields for name in ("first_callee_number", "second_callee_number")
    )


LegNumbers = tuple[Mapping[str, str], ...]


def called_number(request: Request) -> LegNumbers:
    phone = field_text(request.fields, "phone")
    return ({"a": phone, "callee": phone},)


def bridge_numbers(request: Request) -> LegNumbers:
    first, second = (
        field_text(request.fields, f"{nth}_callee_number") for nth in ("first", "second")
    )
    return ({"a": first, "b": second, "callee": second},)


def phone_number(request: Request) -> str:
    return strip_international_prefix(re.sub(r"\s", "", field_text(request.fields, "phone_number")))
