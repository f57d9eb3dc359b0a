"""Rulebooks of the CCAI Platform; their order is the one that fits all documented examples."""

from typing import Final

from mockserver.core.rulebook import (
    Evidence,
    Rule,
    Rulebook,
    Stage,
    is_malformed,
    is_rate_limited,
    is_unauthenticated,
    known_by,
    malformed_field,
    missing_field,
)
from mockserver.providers.ccai import conditions, faults, notes

ASSUMED, DOCUMENTED = Evidence.ASSUMED, Evidence.DOCUMENTED

AUTHENTICATION: Final[Rulebook] = (
    (known_by(DOCUMENTED, Rule(is_unauthenticated, faults.UNAUTHORIZED), notes.CREDENTIAL),),
    (Rule(conditions.has_unknown_subdomain, faults.UNKNOWN_SUBDOMAIN),),
    (known_by(DOCUMENTED, Rule(is_rate_limited, faults.TOO_MANY_REQUESTS), notes.RATE),),
)
COMMON: Final[Rulebook] = (*AUTHENTICATION, (Rule(is_malformed, faults.MALFORMED_BODY),))
CALL_TYPE: Final[Stage] = (
    known_by(
        ASSUMED, missing_field("call_type", faults.INVALID_CALL_TYPE), notes.MISSING_CALL_TYPE
    ),
    malformed_field("call_type", faults.INVALID_CALL_TYPE),
)
"""Checked for incoming calls only: requests of unknown type or unreadable body are routed there."""

LANGUAGE: Final = (
    (malformed_field("lang", faults.LANGUAGE_NOT_FOUND),),
    (Rule(conditions.is_language_unavailable, faults.LANGUAGE_NOT_AVAILABLE, "lang"),),
)

CREATE_OUTBOUND: Final[Rulebook] = (
    *AUTHENTICATION,
    (
        missing_field("agent_email", faults.AGENT_EMAIL_REQUIRED),
        malformed_field("agent_email", faults.NOT_A_VALID_AGENT_EMAIL),
    ),
    (Rule(conditions.has_no_end_user, faults.TICKET_ID_OR_END_USER_NUMBER_REQUIRED),),
    (
        known_by(ASSUMED, malformed_field("ticket_id", faults.CONTACT_NOT_FOUND)),
        malformed_field(
            "end_user_number",
            faults.END_USER_NUMBER_NOT_WELL_FORMED,
            conditions.has_number_of_ticket,
        ),
    ),
    (
        known_by(
            DOCUMENTED,
            malformed_field("outbound_number", faults.OUTBOUND_NUMBER_MALFORMED),
            notes.OUTBOUND_NUMBER,
        ),
    ),
    (
        Rule(conditions.has_unknown_agent, faults.NOT_A_VALID_AGENT_EMAIL, "agent_email"),
        Rule(conditions.has_unknown_ticket, faults.CONTACT_NOT_FOUND, "ticket_id"),
        known_by(
            ASSUMED,
            Rule(
                conditions.has_unknown_outbound_number,
                faults.OUTBOUND_NUMBER_NOT_FOUND,
                "outbound_number",
            ),
            notes.OUTBOUND_NUMBER,
        ),
    ),
    *tuple((known_by(ASSUMED, rule, notes.LANGUAGE_OF_OUTBOUND),) for (rule,) in LANGUAGE),
    (Rule(conditions.is_agent_without_access, faults.AGENT_WITHOUT_ACCESS, "agent_email"),),
    (Rule(conditions.is_agent_unavailable, faults.AGENT_NOT_AVAILABLE, "agent_email"),),
    (
        known_by(
            DOCUMENTED,
            Rule(conditions.is_choice_echoed, faults.NUMBER_TO_CHOOSE, "agent_email"),
            notes.NUMBER_CHOICE,
        ),
    ),
    (
        known_by(
            DOCUMENTED,
            Rule(conditions.is_agent_action_required, faults.AGENT_MUST_ACT, "agent_email"),
            notes.MUST_ACT,
        ),
    ),
)


def _queue_rules(required: Stage, formats: Stage) -> Rulebook:
    """The rules that incoming and scheduled calls share.

    `required` and `formats` are stages of their own: for required fields, and for field formats.
    """
    return (
        required,
        (
            Rule(conditions.has_no_menu, faults.MENU_ID_REQUIRED, "menu_id"),
            missing_field("end_user_number", faults.END_USER_NUMBER_REQUIRED),
        ),
        (
            malformed_field("menu_id", faults.MENU_ID_MALFORMED),
            malformed_field(
                "end_user_number", faults.END_USER_NUMBER_MALFORMED, conditions.has_number_of_ticket
            ),
        ),
        (
            known_by(
                ASSUMED,
                malformed_field("ticket_id", faults.CONTACT_NOT_FOUND),
                notes.TICKET_OF_QUEUED_CALL,
            ),
            malformed_field("recording_permission", faults.RECORDING_PERMISSION_MALFORMED),
        ),
        formats,
        (
            Rule(conditions.has_unknown_menu, faults.MENU_ID_NOT_FOUND, "menu_id"),
            known_by(
                ASSUMED,
                Rule(conditions.has_unknown_ticket, faults.CONTACT_NOT_FOUND, "ticket_id"),
                notes.TICKET_OF_QUEUED_CALL,
            ),
        ),
        *LANGUAGE,
    )


MENU_STATE: Final[Stage] = (
    Rule(conditions.is_menu_redirected, faults.MENU_IN_MANUAL_REDIRECTION, "menu_id"),
    Rule(conditions.is_menu_closed, faults.MENU_AFTER_HOURS, "menu_id"),
)
CREATE_INBOUND: Final[Rulebook] = (
    *COMMON,
    CALL_TYPE,
    *_queue_rules((), ()),
    (
        known_by(
            DOCUMENTED,
            Rule(conditions.has_menu_not_for_inbound, faults.MENU_NOT_IVR_OR_MOBILE, "menu_id"),
            notes.INBOUND_MENUS,
        ),
    ),
    MENU_STATE,
)


def _scheduled_at(rule: Rule) -> Rule:
    """A rule about the time of a scheduled call: what it has to be is documented, not its fault."""
    return known_by(DOCUMENTED, rule, notes.SCHEDULED_AT)


CREATE_SCHEDULED: Final[Rulebook] = (
    *AUTHENTICATION,
    *_queue_rules(
        (
            missing_field("scheduled_at", faults.SCHEDULED_AT_REQUIRED),
            Rule(conditions.has_unknown_parent, faults.PARENT_CALL_NOT_FOUND, "call_id"),
        ),
        (
            malformed_field("call_id", faults.PARENT_CALL_NOT_FOUND),
            _scheduled_at(malformed_field("scheduled_at", faults.SCHEDULED_AT_MALFORMED)),
        ),
    ),
    (
        _scheduled_at(
            Rule(
                conditions.has_invalid_scheduled_time, faults.SCHEDULED_AT_MALFORMED, "scheduled_at"
            )
        ),
    ),
    (
        _scheduled_at(
            Rule(conditions.has_past_scheduled_time, faults.SCHEDULED_AT_PAST, "scheduled_at")
        ),
    ),
    (
        known_by(
            DOCUMENTED,
            Rule(conditions.has_menu_not_for_scheduled, faults.MENU_NOT_MOBILE_OR_WEB, "menu_id"),
            notes.SCHEDULED_MENUS,
        ),
    ),
    MENU_STATE,
)
UNKNOWN_CALL: Final = Rule(conditions.has_unknown_call, faults.CALL_NOT_FOUND, "id")
ENDED_CALL: Final = Rule(conditions.has_ended_call, faults.CALL_ALREADY_ENDED, "id")
EXISTING_CALL: Final[Rulebook] = (*COMMON, (known_by(ASSUMED, UNKNOWN_CALL, notes.BORROWED),))
WRITE_FLAGS: Final[Rulebook] = (
    *EXISTING_CALL,
    (known_by(ASSUMED, ENDED_CALL, notes.BORROWED),),
    tuple(
        malformed_field(name, faults.FLAG_MALFORMED)
        for name in ("verified_customer", "bad_actor", "repeat_customer", "repeat_customers")
    ),
)
IDENTIFY_END_USER: Final[Rulebook] = (
    *COMMON,
    (UNKNOWN_CALL,),
    (
        missing_field("identifier", faults.IDENTIFIER_REQUIRED),
        known_by(ASSUMED, malformed_field("identifier", faults.IDENTIFIER_REQUIRED)),
    ),
    (ENDED_CALL,),
)
LIST_CALLS: Final[Rulebook] = COMMON
