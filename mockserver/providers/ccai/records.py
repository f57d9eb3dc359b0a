"""The records of a CCAI account: agents, menus, contacts, tickets, numbers, flags and calls."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from mockserver.core.account_values import (
    ACCOUNT_PHONE,
    AccountRules,
    Count,
    Identity,
    LanguageTag,
    Timestamp,
    ValueProblem,
)
from mockserver.core.time import Duration

Status = Literal[
    "selecting",
    "scheduled",
    "queued",
    "assigned",
    "connecting",
    "switching",
    "connected",
    "finished",
    "failed",
    "recovered",
    "deflected",
    "voicemail",
    "voicemail_received",
    "voicemail_read",
    "action_only",
    "action_only_finished",
    "cancelled",
]
ENDED_STATUSES = frozenset(
    {
        "finished",
        "failed",
        "recovered",
        "deflected",
        "voicemail_received",
        "voicemail_read",
        "action_only_finished",
        "cancelled",
    }
)
MenuType = Literal["ivr_menu", "mobile_menu", "web_menu", "other_menu"]


class Agent(NamedTuple):
    """An agent, stored under the e-mail.

    `since` is the time in ms at which `state` began. An agent who `must_act`, or who
    `must_choose_number` if the request names none, has to act first: an outbound call gets a 202.
    """

    id: Count = Count(1)
    first_name: str = ""
    last_name: str = ""
    agent_number: Count | None = None
    avatar_url: str = ""
    state: Literal["available", "busy", "break", "offline"] = "available"
    may_call: bool = True
    must_act: bool = False
    must_choose_number: bool = False
    group: str = "Group 1"
    since: Count = Count(0)


class Menu(NamedTuple):
    """A menu (queue), stored under its id; `parent` is the id of the menu that leads to it.

    If `languages` is empty, those of the account apply.
    """

    name: str
    parent: str | None = None
    position: Count = Count(0)
    type: MenuType = "ivr_menu"
    state: Literal["open", "manual redirection", "after hours"] = "open"
    hidden: bool = False
    recording: Literal["never", "ask", "always"] = "never"
    languages: tuple[LanguageTag, ...] = ()
    group: str = "Group 1"


class Contact(NamedTuple):
    """A contact, stored under its id in the CRM; `id` is that of the end user."""

    id: Count
    number: str = ""
    identifier: str | None = None


class Ticket(NamedTuple):
    """A ticket, stored under its number; `contact` is the CRM id of its contact."""

    contact: str


class OutboundNumber(NamedTuple):
    """An outbound number; the `default` one is used if a request names none."""

    default: bool = False


class CustomerFlags(NamedTuple):
    """The reserved data attributes of a call, stored under its id."""

    verified_customer: bool = False
    bad_actor: bool = False
    repeat_customer: bool = False


class ExistingCall(NamedTuple):
    """A call that exists from the start, stored under its id, with any status.

    Times are ISO 8601 strings as printed; `agent` is an e-mail.
    """

    status: Status
    call_type: str = "Voice Inbound (IVR)"
    created_at: Timestamp = Timestamp("2019-01-01T00:00:00.000Z")
    queued_at: Timestamp | None = None
    assigned_at: Timestamp | None = None
    connected_at: Timestamp | None = None
    ends_at: Timestamp | None = None
    scheduled_at: Timestamp | None = None
    lang: LanguageTag = LanguageTag("en")
    parent: Count | None = None
    menu: str = ""
    agent: str = ""
    contact: str = ""
    fail_reason: str = "nothing"


class Settings(NamedTuple):
    """Settings of an account.

    An empty `subdomain` accepts any. `languages` are those available. Ids start at `first_call_id`
    and `first_participant_id`. `assignment` is the time in ms that an outbound call takes to be
    assigned to its agent.
    """

    subdomain: str = ""
    languages: tuple[LanguageTag, ...] = (LanguageTag("en"),)
    first_call_id: Count = Count(1)
    first_participant_id: Count = Count(1)
    assignment: Duration = Duration(0)


ID: Final = Identity("[0-9]{1,12}", "an id of 1 to 12 digits")


def account_problems(body: Mapping[str, Any]) -> Iterator[ValueProblem]:
    """Yield the tickets of no contact, and the default numbers after the first."""
    contacts = body.get("contacts", {})
    for name, ticket in body.get("tickets", {}).items():
        contact = str(ticket["contact"])
        if contact not in contacts and "generate" not in body:
            yield ("tickets", name, "contact"), f"no contact has the id {contact}"
    numbers = body.get("outbound_numbers", {})
    defaults = [name for name in numbers if str(numbers[name].get("default")).lower() == "true"]
    for name in defaults[1:]:
        yield ("outbound_numbers", name, "default"), f"no effect: {defaults[0]} is the default"


ACCOUNT_RULES: Final = AccountRules(
    identities={"flags": ID, "calls": ID, "outbound_numbers": ACCOUNT_PHONE},
    check=account_problems,
    unused={
        "time_zone": "it prints its times in UTC, and a match reads times of day in UTC",
        "redial_after": "it redials no call",
    },
)
