"""Rulebooks of the CCAI Platform; their order is the one that fits all documented examples."""

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
from mockserver.providers.ccai import faults, request
from mockserver.providers.ccai.existing_calls import existing_call
from mockserver.providers.ccai.records import ENDED_STATUSES


def has_unknown_subdomain(context: RequestContext) -> bool:
    own = request.settings(context.authenticated_account).subdomain
    return bool(own) and request.parse_basic_auth(context.request)[0] != own


def has_no_end_user(context: RequestContext) -> bool:
    return not context.text("ticket_id") and not context.text("end_user_number")


def has_unknown_agent(context: RequestContext) -> bool:
    return request.find_agent(context) is None


def has_unknown_ticket(context: RequestContext) -> bool:
    return bool(context.text("ticket_id")) and request.find_contact(context) is None


def is_agent_without_access(context: RequestContext) -> bool:
    agent = request.find_agent(context)
    return agent is not None and not agent.may_call


def is_agent_unavailable(context: RequestContext) -> bool:
    agent = request.find_agent(context)
    return agent is not None and agent.state != "available"


def is_agent_action_required(context: RequestContext) -> bool:
    """Whether the agent has to act in the widget, or to choose a number there if none was sent."""
    agent = request.find_agent(context)
    if agent is None:
        return False
    return agent.must_act or (agent.must_choose_number and not context.text("outbound_number"))


def has_no_menu(context: RequestContext) -> bool:
    """Whether the menu is missing; a parent call makes it optional."""
    return not context.text("menu_id") and request.find_parent_call(context) is None


def has_unknown_parent(context: RequestContext) -> bool:
    return bool(context.text("call_id")) and request.find_parent_call(context) is None


def has_unknown_menu(context: RequestContext) -> bool:
    return request.find_menu(context) is None


def has_menu_not_for_inbound(context: RequestContext) -> bool:
    menu = request.find_menu(context)
    return menu is not None and menu.type not in ("ivr_menu", "mobile_menu")


def has_menu_not_for_scheduled(context: RequestContext) -> bool:
    menu = request.find_menu(context)
    allowed: tuple[str, ...] = ("mobile_menu", "web_menu")
    if "scheduled-as-inbound" in context.authenticated_account.quirks:
        allowed = ("ivr_menu", *allowed)
    return menu is not None and menu.type not in allowed


def is_menu_redirected(context: RequestContext) -> bool:
    menu = request.find_menu(context)
    return menu is not None and menu.state == "manual redirection"


def is_menu_closed(context: RequestContext) -> bool:
    menu = request.find_menu(context)
    return menu is not None and menu.state == "after hours"


def is_language_unavailable(context: RequestContext) -> bool:
    menu = request.find_menu(context)
    menu_languages = menu.languages if menu else ()
    return (context.text("lang") or "en") not in (
        menu_languages or request.settings(context.authenticated_account).languages
    )


def has_past_scheduled_time(context: RequestContext) -> bool:
    at = request.parse_scheduled_at(context.text("scheduled_at"))
    return at is not None and at <= context.now


def has_invalid_scheduled_time(context: RequestContext) -> bool:
    return request.parse_scheduled_at(context.text("scheduled_at")) is None


def has_unknown_call(context: RequestContext) -> bool:
    return (
        request.find_call(context) is None
        and existing_call(context.authenticated_account, context.text("id")) is None
    )


def has_ended_call(context: RequestContext) -> bool:
    call, existing = (
        request.find_call(context),
        existing_call(context.authenticated_account, context.text("id")),
    )
    if call is None:
        return existing is not None and existing.status in ENDED_STATUSES
    return call.phase == "ended"


AUTHENTICATION: Final[Rulebook] = (
    (Rule(is_unauthenticated, faults.UNAUTHORIZED),),
    (Rule(has_unknown_subdomain, faults.UNKNOWN_SUBDOMAIN),),
    (Rule(is_rate_limited, faults.TOO_MANY_REQUESTS),),
)
COMMON: Final[Rulebook] = (*AUTHENTICATION, (Rule(is_malformed, faults.MALFORMED_BODY),))
CALL_TYPE: Final[Stage] = (
    missing_field("call_type", faults.INVALID_CALL_TYPE),
    malformed_field("call_type", faults.INVALID_CALL_TYPE),
)
"""Checked for incoming calls only: requests of unknown type or unreadable body are routed there."""

CREATE_OUTBOUND: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        missing_field("agent_email", faults.AGENT_EMAIL_REQUIRED),
        malformed_field("agent_email", faults.NOT_A_VALID_AGENT_EMAIL),
    ),
    (Rule(has_no_end_user, faults.TICKET_ID_OR_END_USER_NUMBER_REQUIRED),),
    (
        malformed_field("ticket_id", faults.CONTACT_NOT_FOUND),
        malformed_field("end_user_number", faults.END_USER_NUMBER_NOT_WELL_FORMED),
    ),
    (malformed_field("outbound_number", faults.OUTBOUND_NUMBER_MALFORMED),),
    (
        Rule(has_unknown_agent, faults.NOT_A_VALID_AGENT_EMAIL, "agent_email"),
        Rule(has_unknown_ticket, faults.CONTACT_NOT_FOUND, "ticket_id"),
    ),
    (Rule(is_agent_without_access, faults.AGENT_WITHOUT_ACCESS, "agent_email"),),
    (Rule(is_agent_unavailable, faults.AGENT_NOT_AVAILABLE, "agent_email"),),
    (Rule(is_agent_action_required, faults.AGENT_MUST_ACT, "agent_email"),),
)


def _queue_rules(required: Stage, formats: Stage) -> Rulebook:
    """The rules that incoming and scheduled calls share.

    `required` and `formats` are stages of their own: for required fields, and for field formats.
    """
    return (
        required,
        (
            Rule(has_no_menu, faults.MENU_ID_REQUIRED, "menu_id"),
            missing_field("end_user_number", faults.END_USER_NUMBER_REQUIRED),
        ),
        (
            malformed_field("menu_id", faults.MENU_ID_MALFORMED),
            malformed_field("end_user_number", faults.END_USER_NUMBER_MALFORMED),
        ),
        (
            malformed_field("ticket_id", faults.CONTACT_NOT_FOUND),
            malformed_field("recording_permission", faults.RECORDING_PERMISSION_MALFORMED),
        ),
        formats,
        (
            Rule(has_unknown_menu, faults.MENU_ID_NOT_FOUND, "menu_id"),
            Rule(has_unknown_ticket, faults.CONTACT_NOT_FOUND, "ticket_id"),
        ),
        (malformed_field("lang", faults.LANGUAGE_NOT_FOUND),),
        (Rule(is_language_unavailable, faults.LANGUAGE_NOT_AVAILABLE, "lang"),),
    )


MENU_STATE: Final[Stage] = (
    Rule(is_menu_redirected, faults.MENU_IN_MANUAL_REDIRECTION, "menu_id"),
    Rule(is_menu_closed, faults.MENU_AFTER_HOURS, "menu_id"),
)
CREATE_INBOUND: Final[Rulebook] = (
    *COMMON,
    CALL_TYPE,
    *_queue_rules((), ()),
    (Rule(has_menu_not_for_inbound, faults.MENU_NOT_IVR_OR_MOBILE, "menu_id"),),
    MENU_STATE,
)
CREATE_SCHEDULED: Final[Rulebook] = (
    *AUTHENTICATION,
    *_queue_rules(
        (
            missing_field("scheduled_at", faults.SCHEDULED_AT_REQUIRED),
            Rule(has_unknown_parent, faults.PARENT_CALL_NOT_FOUND, "call_id"),
        ),
        (
            malformed_field("call_id", faults.PARENT_CALL_NOT_FOUND),
            malformed_field("scheduled_at", faults.SCHEDULED_AT_MALFORMED),
        ),
    ),
    (Rule(has_invalid_scheduled_time, faults.SCHEDULED_AT_MALFORMED, "scheduled_at"),),
    (Rule(has_past_scheduled_time, faults.SCHEDULED_AT_PAST, "scheduled_at"),),
    (Rule(has_menu_not_for_scheduled, faults.MENU_NOT_MOBILE_OR_WEB, "menu_id"),),
    MENU_STATE,
)
EXISTING_CALL: Final[Rulebook] = (*COMMON, (Rule(has_unknown_call, faults.CALL_NOT_FOUND, "id"),))
WRITE_FLAGS: Final[Rulebook] = (
    *EXISTING_CALL,
    (Rule(has_ended_call, faults.CALL_ALREADY_ENDED, "id"),),
    tuple(
        malformed_field(name, faults.FLAG_MALFORMED)
        for name in ("verified_customer", "bad_actor", "repeat_customer", "repeat_customers")
    ),
)
IDENTIFY_END_USER: Final[Rulebook] = (
    *EXISTING_CALL,
    (
        missing_field("identifier", faults.IDENTIFIER_REQUIRED),
        malformed_field("identifier", faults.IDENTIFIER_REQUIRED),
    ),
    (Rule(has_ended_call, faults.CALL_ALREADY_ENDED, "id"),),
)
LIST_CALLS: Final[Rulebook] = COMMON
