"""What the CCAI Platform refuses; the order of checks is the one that fits all its examples."""

from typing import Final

from mockserver.core.rules import (
    Breach,
    Case,
    Fault,
    Rule,
    Rulebook,
    Source,
    Stage,
    anonymous,
    crowded,
    missing,
    unreadable,
)
from mockserver.providers.ccai import reading


def _documented(name: str, message: str) -> Fault:
    return Fault(name, 400, message, Source.DOCUMENTED)


def _assumed(name: str, status: int, message: str) -> Fault:
    return Fault(name, status, message, Source.ASSUMED)


UNAUTHORIZED = _assumed("unauthorized", 401, "Unauthorized")
UNKNOWN_SUBDOMAIN = _assumed("unknown-subdomain", 404, "Not Found")  # the code is documented
TOO_MANY = _assumed("too-many-requests", 429, "Too Many Requests")
UNREADABLE = _assumed("malformed-body", 400, "Bad Request")
WRONG_METHOD = _assumed("wrong-method", 404, "Not Found")  # as Rails has it
NOT_FOUND = Fault("call-not-found", 404, "Not Found", Source.OBSERVED)
ENDED = Fault("call-already-ended", 400, "Call is already ended", Source.OBSERVED)

CALL_TYPE = _documented("invalid-call-type", "Invalid call type")
AGENT_REQUIRED = _documented("agent-email-required", "Agent email required")
END_USER_REQUIRED = _documented(
    "ticket-id-or-end-user-number-required", "ticket_id or end_user_number required"
)
HYPHENED = _documented("end-user-number-not-well-formed", "end_user_number is not well-formed")
BLANKED = _documented("end-user-number-malformed", "end_user_number is not well formed")
NO_AGENT = _documented("not-a-valid-agent-email", "Not a valid agent email")
NO_CONTACT = _documented("contact-not-found", "Contact not found")
NO_ACCESS = _documented("agent-without-access", "Agent does not have access to make calls")
UNAVAILABLE = _documented("agent-not-available", "Agent is not available to take this call")
NUMBER_REQUIRED = _documented("end-user-number-required", "end_user_number is required")
MENU_REQUIRED = _documented("menu-id-required", "menu_id is required")
MENU_MALFORMED = _documented("menu-id-malformed", "menu_id is not well formed")
MENU_UNKNOWN = _documented("menu-id-not-found", "menu_id {menu_id} is not found")
NOT_INBOUND = _documented("menu-not-ivr-or-mobile", "Only IVR and mobile menu IDs are permitted")
NOT_SCHEDULED = _documented("menu-not-mobile-or-web", "Only mobile and web menu IDs are permitted")
REDIRECTED = _documented(
    "menu-in-manual-redirection", "Menu is in 'manual redirection' state, can't accept calls"
)
AFTER_HOURS = _documented(
    "menu-after-hours", "Menu is in 'after hours' state, can't accept incoming calls"
)
NO_LANGUAGE = _documented("language-not-found", "Language '{lang}' is not found")
LANGUAGE_OFF = _documented("language-not-available", "Language '{lang}' is not available")
TIME_REQUIRED = _documented("scheduled-at-required", "scheduled_at is required")
TIME_MALFORMED = _assumed("scheduled-at-malformed", 400, "scheduled_at is not well formed")
TIME_PAST = _assumed("scheduled-at-past", 400, "scheduled_at must be in the future")
NO_PARENT = _assumed("parent-call-not-found", 400, "call_id {call_id} is not found")
PERMISSION = _assumed("recording-permission-malformed", 400, "recording_permission is not valid")
OUTBOUND_MALFORMED = _assumed(
    "outbound-number-malformed", 400, "outbound_number is not well-formed"
)
FLAG_MALFORMED = _assumed("flag-malformed", 400, "customer flags must be boolean")
IDENTIFIER_REQUIRED = Fault(
    "identifier-required",
    400,
    "param is missing or the value is empty: identifier",
    Source.OBSERVED,
)

MUST_ACT = Fault("agent-must-act", 202, "", Source.DOCUMENTED)
"""No error, but a row of the same table: accepted, and somebody has to finish it by hand."""

ECHOED = Fault("number-to-choose", 200, "", Source.DOCUMENTED)
"""Two examples print 200 and the request itself; state leads to 202, so a scenario orders it."""

ORDERED: Final = (
    ECHOED,
    _assumed("server-error", 500, "Internal Server Error"),
    _assumed("service-unavailable", 503, "Service Unavailable"),
)


def foreign_subdomain(case: Case) -> bool:
    own = reading.settings(case.caller).subdomain
    return bool(own) and reading.basic(case.request)[0] != own


def nobody_to_call(case: Case) -> bool:
    return not case.text("ticket_id") and not case.text("end_user_number")


def unknown_agent(case: Case) -> bool:
    return reading.agent(case) is None


def unknown_ticket(case: Case) -> bool:
    return bool(case.text("ticket_id")) and reading.contact(case) is None


def powerless(case: Case) -> bool:
    agent = reading.agent(case)
    return agent is not None and not agent.may_call


def unavailable(case: Case) -> bool:
    agent = reading.agent(case)
    return agent is not None and agent.state != "available"


def hands_on(case: Case) -> bool:
    """The agent acts in the widget, or chooses a number there if none was sent."""
    agent = reading.agent(case)
    if agent is None:
        return False
    return agent.must_act or (agent.must_choose_number and not case.text("outbound_number"))


def menuless(case: Case) -> bool:
    """An earlier call makes the menu optional."""
    return not case.text("menu_id") and reading.parent(case) is None


def unknown_parent(case: Case) -> bool:
    return bool(case.text("call_id")) and reading.parent(case) is None


def unknown_menu(case: Case) -> bool:
    return reading.menu(case) is None


def not_for_inbound(case: Case) -> bool:
    menu = reading.menu(case)
    return menu is not None and menu.type not in ("ivr_menu", "mobile_menu")


def not_for_scheduled(case: Case) -> bool:
    menu = reading.menu(case)
    allowed: tuple[str, ...] = ("mobile_menu", "web_menu")
    if "scheduled-as-inbound" in case.caller.quirks:
        allowed = ("ivr_menu", *allowed)
    return menu is not None and menu.type not in allowed


def redirected(case: Case) -> bool:
    menu = reading.menu(case)
    return menu is not None and menu.state == "manual redirection"


def closed(case: Case) -> bool:
    menu = reading.menu(case)
    return menu is not None and menu.state == "after hours"


def language_off(case: Case) -> bool:
    return (case.text("lang") or "en") not in reading.settings(case.caller).languages


def past(case: Case) -> bool:
    at = reading.scheduled_at(case.text("scheduled_at"))
    return at is not None and at <= case.now


def undated(case: Case) -> bool:
    return reading.scheduled_at(case.text("scheduled_at")) is None


def unknown_call(case: Case) -> bool:
    return reading.own(case) is None


def ended_call(case: Case) -> bool:
    call = reading.own(case)
    return call is not None and call.phase == "ended"


def any_breach(name: str, fault: Fault) -> Rule:
    """Malformed or missing alike."""
    return Rule(Breach(name, frozenset({"required"})), fault, name)


def malformed(name: str, fault: Fault) -> Rule:
    return Rule(Breach(name), fault, name)


WHO: Final[Rulebook] = (
    (Rule(anonymous, UNAUTHORIZED),),
    (Rule(foreign_subdomain, UNKNOWN_SUBDOMAIN),),
    (Rule(crowded, TOO_MANY),),
)
READ: Final[Rulebook] = (*WHO, (Rule(unreadable, UNREADABLE),))
TYPE: Final[Stage] = (missing("call_type", CALL_TYPE), malformed("call_type", CALL_TYPE))
"""Whatever is of no known type, or cannot be read, comes to the operation for incoming calls."""

OUTBOUND: Final[Rulebook] = (
    *WHO,
    (missing("agent_email", AGENT_REQUIRED), malformed("agent_email", NO_AGENT)),
    (Rule(nobody_to_call, END_USER_REQUIRED),),
    (malformed("ticket_id", NO_CONTACT), malformed("end_user_number", HYPHENED)),
    (malformed("outbound_number", OUTBOUND_MALFORMED),),
    (Rule(unknown_agent, NO_AGENT, "agent_email"), Rule(unknown_ticket, NO_CONTACT, "ticket_id")),
    (Rule(powerless, NO_ACCESS, "agent_email"),),
    (Rule(unavailable, UNAVAILABLE, "agent_email"),),
    (Rule(hands_on, MUST_ACT, "agent_email"),),
)


def _waiting(*more: Stage) -> Rulebook:
    """What incoming and scheduled calls have in common, the first stages of the latter between."""
    required, own = more
    return (
        required,
        (Rule(menuless, MENU_REQUIRED, "menu_id"), missing("end_user_number", NUMBER_REQUIRED)),
        (malformed("menu_id", MENU_MALFORMED), malformed("end_user_number", BLANKED)),
        (malformed("ticket_id", NO_CONTACT), malformed("recording_permission", PERMISSION)),
        own,
        (
            Rule(unknown_menu, MENU_UNKNOWN, "menu_id"),
            Rule(unknown_ticket, NO_CONTACT, "ticket_id"),
        ),
        (malformed("lang", NO_LANGUAGE),),
        (Rule(language_off, LANGUAGE_OFF, "lang"),),
    )


STATE: Final[Stage] = (
    Rule(redirected, REDIRECTED, "menu_id"),
    Rule(closed, AFTER_HOURS, "menu_id"),
)
INBOUND: Final[Rulebook] = (
    *READ,
    TYPE,
    *_waiting((), ()),
    (Rule(not_for_inbound, NOT_INBOUND, "menu_id"),),
    STATE,
)
SCHEDULED: Final[Rulebook] = (
    *WHO,
    *_waiting(
        (missing("scheduled_at", TIME_REQUIRED), Rule(unknown_parent, NO_PARENT, "call_id")),
        (malformed("call_id", NO_PARENT), malformed("scheduled_at", TIME_MALFORMED)),
    ),
    (Rule(undated, TIME_MALFORMED, "scheduled_at"),),
    (Rule(past, TIME_PAST, "scheduled_at"),),
    (Rule(not_for_scheduled, NOT_SCHEDULED, "menu_id"),),
    STATE,
)
KNOWN: Final[Rulebook] = (*READ, (Rule(unknown_call, NOT_FOUND, "id"),))
FLAGGING: Final[Rulebook] = (
    *KNOWN,
    (Rule(ended_call, ENDED, "id"),),
    tuple(
        malformed(name, FLAG_MALFORMED)
        for name in ("verified_customer", "bad_actor", "repeat_customer", "repeat_customers")
    ),
)
IDENTIFYING: Final[Rulebook] = (
    *KNOWN,
    (missing("identifier", IDENTIFIER_REQUIRED), malformed("identifier", IDENTIFIER_REQUIRED)),
    (Rule(ended_call, ENDED, "id"),),
)
LISTING: Final[Rulebook] = READ
