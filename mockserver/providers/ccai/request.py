"""Read requests to the CCAI Platform and look up the records that they name."""

import binascii
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.http import Request, value_text
from mockserver.core.read_model import ReadModel
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import to_reachable_time
from mockserver.providers.ccai.call_state import state_of
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
"""The name of each call type and its deprecated alias."""


def parse_basic_auth(request: Request) -> tuple[str, str]:
    """(subdomain, API token) of HTTP Basic authentication; both empty without it."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, token = b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError):
        return "", ""
    return user, token


def credential(request: Request) -> str | None:
    return parse_basic_auth(request)[1] or None


def subdomains(request: Request) -> Iterator[str]:
    """Yield each subdomain that a request names: the user of its credential, and its host's."""
    yield parse_basic_auth(request)[0].lower()
    label = request.vendor_host.partition(".")[0].lower()
    if label not in ("", "*"):
        yield label


def settings(account: Account) -> Settings:
    value = account.settings
    return value if isinstance(value, Settings) else Settings()


def records(account: Account, kind: str) -> Mapping[str, Any]:
    """The records of one kind by identity."""
    return account.records.get(kind, {})


def find_agent(context: RequestContext) -> Agent | None:
    agent: Agent | None = records(context.authenticated_account, "agents").get(
        context.text("agent_email")
    )
    return agent


def find_menu_id(context: RequestContext) -> str:
    """The menu id of the request, else that of its parent call, else empty.

    An outbound call has none: `menu_id` is not one of its parameters.
    """
    if context.operation == "create-outbound":
        return ""
    menu_id = context.text("menu_id")
    parent = find_parent_call(context)
    if isinstance(parent, ExistingCall):
        return menu_id or parent.menu
    return menu_id or (parameter_text(parent, "menu_id") if parent else "")


def find_menu(context: RequestContext) -> Menu | None:
    return account_menu(context.authenticated_account, find_menu_id(context))


def account_menu(account: Account, menu_id: str) -> Menu | None:
    """The menu, or None.

    An account that lists no menus has a menu for any id, for incoming and scheduled calls alike.
    """
    menus: Mapping[str, Menu] = records(account, "menus")
    if menus or not menu_id:
        return menus.get(menu_id)
    return Menu(f"Menu {menu_id}", type="mobile_menu")


def inbound_menu_types(account: Account) -> tuple[str, ...]:
    """The types of menus that take incoming calls: the page says IVR and mobile, or IVR and web."""
    return ("ivr_menu", "web_menu" if "inbound-web-menus" in account.quirks else "mobile_menu")


def scheduled_menu_types(account: Account) -> tuple[str, ...]:
    """The types of menus that take scheduled calls, of which examples 44 and 45 show another."""
    ivr = ("ivr_menu",) if "scheduled-as-inbound" in account.quirks else ()
    return (*ivr, "mobile_menu", "web_menu")


def find_parent_call(context: RequestContext) -> Call | ExistingCall | None:
    """The earlier call that a scheduled call names as `call_id`, if it belongs to the account."""
    account, call_id = context.account, context.text("call_id")
    if account is None or context.operation != "create-scheduled":
        return None
    existing: ExistingCall | None = records(account, "calls").get(call_id)
    return account_call(context.read_model, account, call_id) or existing


def find_contact(context: RequestContext) -> tuple[str, Contact] | None:
    """(id, contact) of the ticket if the request names one, else of `end_user_number`, or None."""
    if context.account is None:
        return None
    contacts = records(context.account, "contacts")
    if context.text("ticket_id"):
        ticket: Ticket | None = records(context.account, "tickets").get(context.text("ticket_id"))
        return _account_contact(contacts, ticket.contact) if ticket else None
    number = digits(context.text("end_user_number"))
    return next(
        ((name, contact) for name, contact in contacts.items() if digits(contact.number) == number),
        None,
    )


def _account_contact(contacts: Mapping[str, Contact], name: str) -> tuple[str, Contact] | None:
    return (name, contacts[name]) if name in contacts else None


def dialed_number(context: RequestContext) -> str:
    """The number of the ticket's contact, else `end_user_number`."""
    match = find_contact(context)
    if context.text("ticket_id") and match and match[1].number:
        return match[1].number
    return context.text("end_user_number")


def build_menu_object(menu_id: str, account: Account) -> dict[str, object] | None:
    """The JSON of a menu; None if it is unknown."""
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
    """An id as an integer; as text if a configuration file uses a name that is not a number."""
    return int(text) if text.isdecimal() else text


def digits(number: str) -> str:
    return "".join(filter(str.isdecimal, number))


def default_number(account: Account) -> str | None:
    """The default outbound number, else the first one, else None."""
    numbers = records(account, "outbound_numbers")
    defaults = (number for number, record in numbers.items() if record.default)
    return next(defaults, next(iter(numbers), None))


def parse_scheduled_at(text: str) -> int | None:
    """An ISO 8601 time in ms; None if it is malformed, or so late that no clock reaches it.

    Without a time zone it is UTC (assumed).
    """
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_reachable_time(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))


def menu_path_ids(account: Account, menu_id: str) -> list[str]:
    """The ids of the menus that lead to a menu, outermost first, and its own.

    Each id occurs once, even if the parents form a cycle.
    """
    menus, path = records(account, "menus"), [menu_id]
    while path[0] in menus and (parent := menus[path[0]].parent) in menus and parent not in path:
        path.insert(0, parent)
    return path


def find_call(context: RequestContext) -> Call | None:
    """The call whose id is in the path, if it belongs to the account."""
    return account_call(context.read_model, context.authenticated_account, context.text("id"))


def account_call(read_model: ReadModel, account: Account, vendor_id: str) -> Call | None:
    call = read_model.find_call("ccai", vendor_id)
    return call if call and call.spec.account == account.name else None


def menu_of(call: Call, account: Account) -> Menu | None:
    """The queue of a call: that of its last transfer to a menu, else that of the request."""
    return account_menu(account, menu_id_of(call))


def menu_id_of(call: Call) -> str:
    menus = [transfer.menu for transfer in state_of(call).transfers if transfer.menu]
    return menus[-1] if menus else parameter_text(call, "menu_id")


def parameter_text(call: Call, name: str) -> str:
    """A parameter of the call as text; empty if it is missing or null."""
    return value_text(call.spec.parameters.get(name))


def is_call_type(names: tuple[str, str]) -> Callable[[Request], bool]:
    return lambda request: request.fields.get("call_type") in names


def is_scheduled_create(request: Request) -> bool:
    """Whether the request schedules a call.

    With `agent_email`, as for an outbound call, the type counts as invalid (example 17). Null is
    the same as no `agent_email` (assumed).
    """
    has_agent = request.fields.get("agent_email") is not None
    return is_call_type(SCHEDULED_TYPES)(request) and not has_agent


Json = dict[str, object]
