"""What an Innocalls request says: its values trimmed, as the page's own samples carry blanks."""

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

STAMP: Final = "%Y-%m-%d %H:%M:%S"
SESSION: Final = "innocalls_session"
JSON: Final = frozenset({"*/*", "application/*", "application/json"})
DEFAULT_TYPE: Final = "order_number"
LABELS: Final = {
    "order_number": "order number",
    "order_cost": "order cost",
    "items_count": "items count",
}
"""What `type` may name, and how it is read out (assumed)."""

Fields = Mapping[str, object]


def said(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return "" if value is None else str(value).strip()


def text(case: RequestContext, name: str) -> str:
    return said(case.fields, name)


def number(fields: Fields, name: str, otherwise: int) -> int:
    """A whole number; of a blank one the default."""
    return int(said(fields, name) or otherwise)


def international(phone: str) -> str:
    """Without the `00` that WebRTC's sample has before the country code."""
    return phone.removeprefix("00")


def credential(request: Request) -> str | None:
    """The bearer token, else the key of a browser's session, or of the form that opens one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return session(request)[1] or said(request.fields, "password") or None


def session(request: Request) -> tuple[str, str]:
    """Extension and key of a browser that has logged in; empty if it has not."""
    try:
        cookies = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return "", ""
    told = cookies[SESSION].value if SESSION in cookies else ""
    extension, _, key = told.partition(":")
    return unquote(extension), unquote(key)


def takes_json(request: Request) -> bool:
    """Without an `Accept` header anything will do."""
    accepted = request.headers.get("accept", "").lower()
    kinds = (part.partition(";") for part in accepted.split(","))
    taken = {kind.strip() for kind, _, more in kinds if more.replace(" ", "") != "q=0"}
    return not accepted.strip() or bool(taken & JSON)


def settings(account: Account) -> Settings:
    told = account.settings
    return told if isinstance(told, Settings) else Settings()


def flow(case: RequestContext) -> Flow | None:
    """The account's call flow of the request; None if it has none of that id."""
    found: Flow | None = case.authenticated_account.records.get("flows", {}).get(
        text(case, "call_flow_id")
    )
    return found


def call_time(case: RequestContext) -> int | None:
    """When a bridge is to begin, in ms; None if nothing readable is said."""
    zone = settings(case.authenticated_account).time_zone
    try:
        when = datetime.strptime(text(case, "call_time"), STAMP).replace(tzinfo=zone)
    except ValueError:
        return None
    return to_milliseconds(when.astimezone(UTC))


def stamp(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at // 1_000, zone).strftime(STAMP)


def spoken(fields: Fields) -> tuple[str, ...]:
    """The parameters that an order confirmation reads out, in order."""
    return tuple((said(fields, "type") or DEFAULT_TYPE).split("."))


def bridge_of(case: RequestContext) -> Call | None:
    """The bridge that a status request means, if it is this account's and that flow's."""
    call = case.read_model.find_call("innocalls", text(case, "call_id"))
    if call is None or call.spec.operation != "bridge":
        return None
    own = call.spec.account == case.authenticated_account.name
    flow_id = said(call.spec.parameters, "call_flow_id")
    return call if own and flow_id == text(case, "call_flow_id") else None
