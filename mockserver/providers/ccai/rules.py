"""What the CCAI Platform refuses; the order of checks is the one that fits all its examples."""

from typing import Final

from mockserver.core.rulebook import (
    RequestContext,
    Rule,
    Rulebook,
    Stage,
    is_malformed,
    is_rate_limited,
    is_unauthenticated,
    malformed_field,
    missing_field,
)
from mockserver.providers.ccai import faults, reading
from mockserver.providers.ccai.records import ENDED
from mockserver.providers.ccai.seeded import seeded


def foreign_subdomain(case: RequestContext) -> bool:
    own = reading.settings(case.authenticated_account).subdomain
    return bool(own) and reading.basic(case.request)[0] != own


def nobody_to_call(case: RequestContext) -> bool:
    return not case.text("ticket_id") and not case.text("end_user_number")


def unknown_agent(case: RequestContext) -> bool:
    return reading.agent(case) is None


def unknown_ticket(case: RequestContext) -> bool:
    return bool(case.text("ticket_id")) and reading.contact(case) is None


def powerless(case: RequestContext) -> bool:
    agent = reading.agent(case)
    return agent is not None and not agent.may_call


def unavailable(case: RequestContext) -> bool:
    agent = reading.agent(case)
    return agent is not None and agent.state != "available"


def hands_on(case: RequestContext) -> bool:
    """The agent acts in the widget, or chooses a number there if none was sent."""
    agent = reading.agent(case)
    if agent is None:
        return False
    return agent.must_act or (agent.must_choose_number and not case.text("outbound_number"))


def menuless(case: RequestContext) -> bool:
    """An earlier call makes the menu optional."""
    return not case.text("menu_id") and reading.parent(case) is None


def unknown_parent(case: RequestContext) -> bool:
    return bool(case.text("call_id")) and reading.parent(case) is None


def unknown_menu(case: RequestContext) -> bool:
    return reading.menu(case) is None


def not_for_inbound(case: RequestContext) -> bool:
    menu = reading.menu(case)
    return menu is not None and menu.type not in ("ivr_menu", "mobile_menu")


def not_for_scheduled(case: RequestContext) -> bool:
    menu = reading.menu(case)
    allowed: tuple[str, ...] = ("mobile_menu", "web_menu")
    if "scheduled-as-inbound" in case.authenticated_account.quirks:
        allowed = ("ivr_menu", *allowed)
    return menu is not None and menu.type not in allowed


def redirected(case: RequestContext) -> bool:
    menu = reading.menu(case)
    return menu is not None and menu.state == "manual redirection"


def closed(case: RequestContext) -> bool:
    menu = reading.menu(case)
    return menu is not None and menu.state == "after hours"


def language_off(case: RequestContext) -> bool:
    menu = reading.menu(case)
    own = menu.languages if menu else ()
    return (case.text("lang") or "en") not in (
        own or reading.settings(case.authenticated_account).languages
    )


def past(case: RequestContext) -> bool:
    at = reading.scheduled_at(case.text("scheduled_at"))
    return at is not None and at <= case.now


def undated(case: RequestContext) -> bool:
    return reading.scheduled_at(case.text("scheduled_at")) is None


def unknown_call(case: RequestContext) -> bool:
    return reading.own(case) is None and seeded(case.authenticated_account, case.text("id")) is None


def ended_call(case: RequestContext) -> bool:
    call, before = reading.own(case), seeded(case.authenticated_account, case.text("id"))
    if call is None:
        return before is not None and before.status in ENDED
    return call.phase == "ended"


WHO: Final[Rulebook] = (
    (Rule(is_unauthenticated, faults.UNAUTHORIZED),),
    (Rule(foreign_subdomain, faults.UNKNOWN_SUBDOMAIN),),
    (Rule(is_rate_limited, faults.TOO_MANY),),
)
READ: Final[Rulebook] = (*WHO, (Rule(is_malformed, faults.UNREADABLE),))
TYPE: Final[Stage] = (
    missing_field("call_type", faults.CALL_TYPE),
    malformed_field("call_type", faults.CALL_TYPE),
)
"""Whatever is of no known type, or cannot be read, comes to the operation for incoming calls."""

OUTBOUND: Final[Rulebook] = (
    *WHO,
    (
        missing_field("agent_email", faults.AGENT_REQUIRED),
        malformed_field("agent_email", faults.NO_AGENT),
    ),
    (Rule(nobody_to_call, faults.END_USER_REQUIRED),),
    (
        malformed_field("ticket_id", faults.NO_CONTACT),
        malformed_field("end_user_number", faults.HYPHENED),
    ),
    (malformed_field("outbound_number", faults.OUTBOUND_MALFORMED),),
    (
        Rule(unknown_agent, faults.NO_AGENT, "agent_email"),
        Rule(unknown_ticket, faults.NO_CONTACT, "ticket_id"),
    ),
    (Rule(powerless, faults.NO_ACCESS, "agent_email"),),
    (Rule(unavailable, faults.UNAVAILABLE, "agent_email"),),
    (Rule(hands_on, faults.MUST_ACT, "agent_email"),),
)


def _waiting(*more: Stage) -> Rulebook:
    """What incoming and scheduled calls have in common, the first stages of the latter between."""
    required, own = more
    return (
        required,
        (
            Rule(menuless, faults.MENU_REQUIRED, "menu_id"),
            missing_field("end_user_number", faults.NUMBER_REQUIRED),
        ),
        (
            malformed_field("menu_id", faults.MENU_MALFORMED),
            malformed_field("end_user_number", faults.BLANKED),
        ),
        (
            malformed_field("ticket_id", faults.NO_CONTACT),
            malformed_field("recording_permission", faults.PERMISSION),
        ),
        own,
        (
            Rule(unknown_menu, faults.MENU_UNKNOWN, "menu_id"),
            Rule(unknown_ticket, faults.NO_CONTACT, "ticket_id"),
        ),
        (malformed_field("lang", faults.NO_LANGUAGE),),
        (Rule(language_off, faults.LANGUAGE_OFF, "lang"),),
    )


STATE: Final[Stage] = (
    Rule(redirected, faults.REDIRECTED, "menu_id"),
    Rule(closed, faults.AFTER_HOURS, "menu_id"),
)
INBOUND: Final[Rulebook] = (
    *READ,
    TYPE,
    *_waiting((), ()),
    (Rule(not_for_inbound, faults.NOT_INBOUND, "menu_id"),),
    STATE,
)
SCHEDULED: Final[Rulebook] = (
    *WHO,
    *_waiting(
        (
            missing_field("scheduled_at", faults.TIME_REQUIRED),
            Rule(unknown_parent, faults.NO_PARENT, "call_id"),
        ),
        (
            malformed_field("call_id", faults.NO_PARENT),
            malformed_field("scheduled_at", faults.TIME_MALFORMED),
        ),
    ),
    (Rule(undated, faults.TIME_MALFORMED, "scheduled_at"),),
    (Rule(past, faults.TIME_PAST, "scheduled_at"),),
    (Rule(not_for_scheduled, faults.NOT_SCHEDULED, "menu_id"),),
    STATE,
)
KNOWN: Final[Rulebook] = (*READ, (Rule(unknown_call, faults.NOT_FOUND, "id"),))
FLAGGING: Final[Rulebook] = (
    *KNOWN,
    (Rule(ended_call, faults.ENDED, "id"),),
    tuple(
        malformed_field(name, faults.FLAG_MALFORMED)
        for name in ("verified_customer", "bad_actor", "repeat_customer", "repeat_customers")
    ),
)
IDENTIFYING: Final[Rulebook] = (
    *KNOWN,
    (
        missing_field("identifier", faults.IDENTIFIER_REQUIRED),
        malformed_field("identifier", faults.IDENTIFIER_REQUIRED),
    ),
    (Rule(ended_call, faults.ENDED, "id"),),
)
LISTING: Final[Rulebook] = READ
