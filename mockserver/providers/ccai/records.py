"""The records of a CCAI account: agents, menus, contacts, tickets, numbers, flags and calls."""

from typing import Literal, NamedTuple

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

    id: int = 1
    first_name: str = ""
    last_name: str = ""
    agent_number: int | None = None
    avatar_url: str = ""
    state: Literal["available", "busy", "break", "offline"] = "available"
    may_call: bool = True
    must_act: bool = False
    must_choose_number: bool = False
    group: str = "Group 1"
    since: int = 0


class Menu(NamedTuple):
    """A menu (queue), stored under its id; `parent` is the id of the menu that leads to it.

    If `languages` is empty, those of the account apply.
    """

    name: str
    parent: str | None = None
    position: int = 0
    type: MenuType = "ivr_menu"
    state: Literal["open", "manual redirection", "after hours"] = "open"
    hidden: bool = False
    recording: Literal["never", "ask", "always"] = "never"
    languages: tuple[str, ...] = ()
    group: str = "Group 1"


class Contact(NamedTuple):
    """A contact, stored under its id in the CRM; `id` is that of the end user."""

    id: int
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
    created_at: str = "2019-01-01T00:00:00.000Z"
    queued_at: str | None = None
    assigned_at: str | None = None
    connected_at: str | None = None
    ends_at: str | None = None
    scheduled_at: str | None = None
    lang: str = "en"
    parent: int | None = None
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
    languages: tuple[str, ...] = ("en",)
    first_call_id: int = 1
    first_participant_id: int = 1
    assignment: Duration = Duration(0)
