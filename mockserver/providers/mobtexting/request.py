"""What a request to Mobtexting says: credential, numbers, flow, webhook URL."""

from collections.abc import Mapping
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.http import Request

FLOW_PREFIX: Final = "flow:"


def credential(request: Request) -> str | None:
    """The bearer token of the header, else `access_token`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    given = request.fields.get("access_token")
    return given if isinstance(given, str) else None


def webhook_url(account: Account, webhook_id: str) -> str | None:
    """Where reports go: empty for wherever the portal says, None for an id nobody knows."""
    usual = account.webhooks.get("any")
    if not account.webhooks or not webhook_id:
        return usual or ""
    return account.webhooks.get(webhook_id, usual)


def whole_number(call: Call, name: str) -> int | None:
    """A whole number of the request; a blank one counts as not sent."""
    sent = call.spec.parameters.get(name)
    return None if sent in ("", None) else int(str(sent))


def called_numbers(request: Request) -> tuple[Mapping[str, str], ...]:
    first, second = (str(request.fields.get(name, "")) for name in ("from", "to"))
    if second.startswith(FLOW_PREFIX):
        return ({"a": first, "callee": first},)
    return ({"a": first, "b": second, "callee": second},)


def variables(call: Call) -> Mapping[str, object]:
    """By name; the names of a list are 0, 1, ..., as PHP has it."""
    sent = call.spec.parameters.get("variables")
    if isinstance(sent, Mapping):
        return sent
    return {str(index): one for index, one in enumerate(sent)} if isinstance(sent, list) else {}
