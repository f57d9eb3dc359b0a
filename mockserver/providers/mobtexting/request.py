"""Read requests to Mobtexting: credential, planned calls, variables, webhook URL."""

from collections.abc import Mapping
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, PlannedCall
from mockserver.core.http import Request, value_text
from mockserver.core.rulebook import RequestContext

FLOW_PREFIX: Final = "flow:"
ACCEPTED_TYPES: Final = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
)
MAX_DIGITS: Final = 15
"""How many digits of a number are read; no clock runs for that many minutes."""


def credential(request: Request) -> str | None:
    """The bearer token of the `Authorization` header, else the field `access_token`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    value = request.fields.get("access_token")
    return value if isinstance(value, str) else None


def webhook_url(account: Account, webhook_id: str) -> str | None:
    """The URL for reports: empty for the portal's default, None if `webhook_id` is unknown."""
    default = account.webhooks.get("any")
    if not account.webhooks or not webhook_id:
        return default or ""
    return account.webhooks.get(webhook_id, default)


def whole_number(call: Call, name: str) -> int | None:
    """A request parameter as an integer; None if it is absent, empty or too long to matter."""
    text = value_text(call.spec.parameters.get(name))
    return int(text) if 0 < len(text) <= MAX_DIGITS else None


def planned_calls(context: RequestContext) -> tuple[PlannedCall, ...]:
    """The planned call; a `to` that names a flow is not a number."""
    first, second = context.texts("from", "to")
    fields = context.request.fields
    if second.startswith(FLOW_PREFIX):
        return (PlannedCall("one-leg", {"a": first}, fields),)
    return (PlannedCall("b-after-a", {"a": first, "b": second}, fields),)


def variables(call: Call) -> Mapping[str, str]:
    """The variables of a flow by name, as text; a list gets the names 0, 1, ..., as in PHP.

    Assumed: null is an empty text, and any other value but a text is shown as JSON.
    """
    value = call.spec.parameters.get("variables")
    if isinstance(value, list):
        value = {str(index): item for index, item in enumerate(value)}
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {name: value_text(item) for name, item in pairs}
