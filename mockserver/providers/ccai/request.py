"""What a request to the CCAI Platform says, and what the account has for it."""

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.http import Request
from mockserver.core.read_model import ReadModel
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import to_milliseconds
from mockserver.providers.ccai.call_state import (
    state_of,
)
from mockserver.providers.ccai.records import (
    Agent,
    Contact,
    ExistingCall,
    Menu,
    Settings,
    Ticket,
)

OUTBOUND_TYPES: Final = ("Voice Outbound (API)", "OutboundCall")
INBOUND_TYPES: Final = ("Voice Inbound (API)", "IncomingCall")
SCHEDULED_TYPES: Final = ("Voice Scheduled (API)", "ScheduledCall")
"""The name of a call type, and its deprecated alias."""


def parse_basic_auth(request: Request) -> tuple[str, str]:
    """Subdomain and API token of HTTP Basic; empty where there are none."""
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, token = b64decode(told.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError):
        return "", ""
    return user, token


def credential(request: Request) -> str | None:
    return parse_basic_auth(request)[1] or None


def settings(account: Account) -> Settings:
    told = account.settings
    return told if isinstance(told, Settings) else Settings()


def records(account: Account, kind: str) -> Mapping[str, Any]:
    return account.records.get(kind, {})


def find_agent(context: RequestContext) -> Agent | None:
    found: Agent | None = records(context.authenticated_account, "agents").get(
        context.text("agent_email")
    )
    return found


def find_menu_id(context: RequestContext) -> str:
    """That of the request, else that of the call which it names as its parent."""
    asked = context.text("menu_id")
    earlier = find_parent_call(context)
    if isinstance(earlier, ExistingCall):
        return asked or earlier.menu
    return asked or (str(earlier.spec.parameters.get("menu_id", "")) if earlier else "")


def find_menu(context: RequestContext) -> Menu | None:
    return account_menu(context.authenticated_account, find_menu_id(context))


def account_menu(account: Account, menu_id: str) -> Menu | None:
    """An account that names no menu has every one, fit for incoming and scheduled calls."""
    known: Mapping[str, Menu] = records(account, "menus")
    if known or not menu_id:
        return known.get(menu_id)
    return Menu(f"Menu {menu_id}", type="mobile_menu")


def find_parent_call(context: RequestContext) -> Call | ExistingCall | None:
    """The earlier call that a scheduled one names, if it is this account's."""
    name = context.text("call_id")
    found: ExistingCall | None = records(context.authenticated_account, "calls").get(name)
    return account_call(context.read_model, context.authenticated_account, name) or found


def find_contact(context: RequestContext) -> tuple[str, Contact] | None:
    """Whom the ticket is about, else who has that number."""
    known = records(context.authenticated_account, "contacts")
    if context.text("ticket_id"):
        ticket: Ticket | None = records(context.authenticated_account, "tickets").get(
            context.text("ticket_id")
        )
        return _account_contact(known, ticket.contact) if ticket else None
    wanted = digits(context.text("end_user_number"))
    return next(((name, one) for name, one in known.items() if digits(one.number) == wanted), None)


def _account_contact(known: Mapping[str, Contact], name: str) -> tuple[str, Contact] | None:
    return (name, known[name]) if name in known else None


def dialed_number(context: RequestContext) -> str:
    """The ticket's number wins over the one that is given."""
    found = find_contact(context)
    if context.text("ticket_id") and found and found[1].number:
        return found[1].number
    return context.text("end_user_number")


def build_menu_object(menu_id: str, account: Account) -> dict[str, object] | None:
    """The menu as it is printed."""
    menu = account_menu(account, menu_id)
    if menu is None:
        return None
    return {
        "id": format_id(menu_id),
        "name": menu.name,
        "parent_id": format_id(menu.parent) if menu.parent else None,
        "position": menu.position,
        "deleted": False,
        "menu_type": menu.type,
        "output_msg": f"You selected {menu.name}.",
        "hidden": menu.hidden,
    }


def format_id(text: str) -> int | str:
    """An id as it is printed: a file may name its menus otherwise."""
    return int(text) if text.isdecimal() else text


def digits(number: str) -> str:
    return "".join(filter(str.isdecimal, number))


def default_number(account: Account) -> str | None:
    numbers = records(account, "outbound_numbers")
    return next((name for name, one in numbers.items() if one.default), next(iter(numbers), None))


def parse_scheduled_at(text: str) -> int | None:
    """In ms; None for what is no ISO 8601 time; without a zone it is UTC (assumed)."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_milliseconds((when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC))


def menu_path_ids(account: Account, menu_id: str) -> list[str]:
    """A menu's id, and before it those of the menus that lead there; in a circle each once."""
    known, way = records(account, "menus"), [menu_id]
    while way[0] in known and (up := known[way[0]].parent) in known and up not in way:
        way.insert(0, up)
    return way


def find_call(context: RequestContext) -> Call | None:
    """The call of the path, if it is this account's."""
    return account_call(context.read_model, context.authenticated_account, context.text("id"))


def account_call(read_model: ReadModel, account: Account, vendor_id: str) -> Call | None:
    call = read_model.find_call("ccai", vendor_id)
    return call if call and call.spec.account == account.name else None


def menu_of(call: Call, account: Account) -> Menu | None:
    """The queue in which a call waits: that of its last transfer, else the one it asked for."""
    return account_menu(account, menu_id_of(call))


def menu_id_of(call: Call) -> str:
    moved = [one.menu for one in state_of(call).transfers if one.menu]
    return moved[-1] if moved else str(call.spec.parameters.get("menu_id", ""))


def is_call_type(names: tuple[str, str]) -> Callable[[Request], bool]:
    return lambda request: request.fields.get("call_type") in names


def is_scheduled_create(request: Request) -> bool:
    """The scheduled type in the shape of an outbound call is no call type (example 17)."""
    return is_call_type(SCHEDULED_TYPES)(request) and "agent_email" not in request.fields


Json = dict[str, object]


def outbound_called_numbers(request: Request) -> tuple[dict[str, str], ...]:
    agent, user = (str(request.fields.get(name, "")) for name in ("agent_email", "end_user_number"))
    return ({"a": agent, "b": user, "callee": user},)


def queue_called_numbers(request: Request) -> tuple[dict[str, str], ...]:
    user = str(request.fields.get("end_user_number", ""))
    return ({"a": user, "b": "", "callee": user},)
