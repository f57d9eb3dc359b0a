"""What a contact center keeps: agents, menus, contacts, tickets, numbers, and customer flags."""

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
    """By e-mail. `since` is when the agent got idle, in ms; who `must_act` gets a 202 first."""

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
    """By id: a queue, and what leads to it. Without languages of its own it has the account's."""

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
    """By the CRM's id; `id` is the end user's."""

    id: int
    number: str = ""
    identifier: str | None = None


class Ticket(NamedTuple):
    """By number: whose it is."""

    contact: str


class OutboundNumber(NamedTuple):
    """An outbound number; the one that is `default` is used where none is asked for."""

    default: bool = False


class CustomerFlags(NamedTuple):
    """The reserved data attributes of a call, by its id."""

    verified_customer: bool = False
    bad_actor: bool = False
    repeat_customer: bool = False


class ExistingCall(NamedTuple):
    """By id: a call of before, of any status; times as they are printed, `agent` by e-mail."""

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
    """`subdomain` empty takes any; `languages` are those switched on.

    `first_call_id` and `first_participant_id` are where this contact center's ids begin, and
    `assignment` is how long an agent's assignment takes.
    """

    subdomain: str = ""
    languages: tuple[str, ...] = ("en",)
    first_call_id: int = 1
    first_participant_id: int = 1
    assignment: Duration = Duration(0)
