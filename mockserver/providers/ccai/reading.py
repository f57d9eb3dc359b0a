"""What a request to the CCAI Platform says, and what the account has for it."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.http import Request
from mockserver.core.read_model import ReadModel
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import to_milliseconds
from mockserver.providers.ccai.notes import notes
from mockserver.providers.ccai.records import Agent, Contact, Menu, Seeded, Settings, Ticket

OUTBOUND: Final = ("Voice Outbound (API)", "OutboundCall")
INBOUND: Final = ("Voice Inbound (API)", "IncomingCall")
SCHEDULED: Final = ("Voice Scheduled (API)", "ScheduledCall")
"""The name of a call type, and its deprecated alias."""


def basic(request: Request) -> tuple[str, str]:
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
    return basic(request)[1] or None


def settings(account: Account) -> Settings:
    told = account.settings
    return told if isinstance(told, Settings) else Settings()


def records(account: Account, kind: str) -> Mapping[str, Any]:
    return account.records.get(kind, {})


def agent(case: RequestContext) -> Agent | None:
    found: Agent | None = records(case.authenticated_account, "agents").get(
        case.text("agent_email")
    )
    return found


def menu_id(case: RequestContext) -> str:
    """That of the request, else that of the call which it names as its parent."""
    asked = case.text("menu_id")
    earlier = parent(case)
    if isinstance(earlier, Seeded):
        return asked or earlier.menu
    return asked or (str(earlier.spec.parameters.get("menu_id", "")) if earlier else "")


def menu(case: RequestContext) -> Menu | None:
    return menu_named(case.authenticated_account, menu_id(case))


def menu_named(account: Account, name: str) -> Menu | None:
    """An account that names no menu has every one, fit for incoming and scheduled calls."""
    known: Mapping[str, Menu] = records(account, "menus")
    if known or not name:
        return known.get(name)
    return Menu(f"Menu {name}", type="mobile_menu")


def parent(case: RequestContext) -> Call | Seeded | None:
    """The earlier call that a scheduled one names, if it is this account's."""
    name = case.text("call_id")
    found: Seeded | None = records(case.authenticated_account, "calls").get(name)
    return mine(case.read_model, case.authenticated_account, name) or found


def contact(case: RequestContext) -> tuple[str, Contact] | None:
    """Whom the ticket is about, else who has that number."""
    known = records(case.authenticated_account, "contacts")
    if case.text("ticket_id"):
        ticket: Ticket | None = records(case.authenticated_account, "tickets").get(
            case.text("ticket_id")
        )
        return _of(known, ticket.contact) if ticket else None
    wanted = digits(case.text("end_user_number"))
    return next(((name, one) for name, one in known.items() if digits(one.number) == wanted), None)


def _of(known: Mapping[str, Contact], name: str) -> tuple[str, Contact] | None:
    return (name, known[name]) if name in known else None


def dialled(case: RequestContext) -> str:
    """The ticket's number wins over the one that is given."""
    found = contact(case)
    if case.text("ticket_id") and found and found[1].number:
        return found[1].number
    return case.text("end_user_number")


def selected(name: str, account: Account) -> dict[str, object] | None:
    """The menu as it is printed."""
    menu = menu_named(account, name)
    if menu is None:
        return None
    return {
        "id": numbered(name),
        "name": menu.name,
        "parent_id": numbered(menu.parent) if menu.parent else None,
        "position": menu.position,
        "deleted": False,
        "menu_type": menu.type,
        "output_msg": f"You selected {menu.name}.",
        "hidden": menu.hidden,
    }


def numbered(name: str) -> int | str:
    """An id as it is printed: a file may name its menus otherwise."""
    return int(name) if name.isdecimal() else name


def digits(number: str) -> str:
    return "".join(filter(str.isdecimal, number))


def default_number(account: Account) -> str | None:
    numbers = records(account, "outbound_numbers")
    return next((name for name, one in numbers.items() if one.default), next(iter(numbers), None))


def scheduled_at(text: str) -> int | None:
    """In ms; None for what is no ISO 8601 time; without a zone it is UTC (assumed)."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_milliseconds((when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC))


def path_of(account: Account, name: str) -> list[str]:
    """A menu's id, and before it those of the menus that lead there; in a circle each once."""
    known, way = records(account, "menus"), [name]
    while way[0] in known and (up := known[way[0]].parent) in known and up not in way:
        way.insert(0, up)
    return way


def own(case: RequestContext) -> Call | None:
    """The call of the path, if it is this account's."""
    return mine(case.read_model, case.authenticated_account, case.text("id"))


def mine(view: ReadModel, account: Account, name: str) -> Call | None:
    call = view.find_call("ccai", name)
    return call if call and call.spec.account == account.name else None


def menu_of(call: Call, account: Account) -> Menu | None:
    """The queue in which a call waits: that of its last transfer, else the one it asked for."""
    return menu_named(account, menu_name(call))


def menu_name(call: Call) -> str:
    moved = [one.menu for one in notes(call).transfers if one.menu]
    return moved[-1] if moved else str(call.spec.parameters.get("menu_id", ""))
