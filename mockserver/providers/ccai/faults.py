"""The faults of the CCAI Platform: its documented errors, and others observed or assumed."""

from typing import Final

from mockserver.core.rulebook import Evidence, Fault


def _documented_fault(name: str, message: str) -> Fault:
    return Fault(name, 400, message, Evidence.DOCUMENTED)


def _assumed_fault(name: str, status: int, message: str) -> Fault:
    return Fault(name, status, message, Evidence.ASSUMED)


UNAUTHORIZED = _assumed_fault("unauthorized", 401, "Unauthorized")
UNKNOWN_SUBDOMAIN = Fault("unknown-subdomain", 404, "Resource not found", Evidence.DOCUMENTED)
TOO_MANY_REQUESTS = _assumed_fault("too-many-requests", 429, "Too Many Requests")
MALFORMED_BODY = _assumed_fault("malformed-body", 400, "Bad Request")
WRONG_METHOD = _assumed_fault("wrong-method", 404, "Not Found")  # as Rails does
CALL_NOT_FOUND = Fault("call-not-found", 404, "Not Found", Evidence.OBSERVED)
CALL_ALREADY_ENDED = Fault("call-already-ended", 400, "Call is already ended", Evidence.OBSERVED)

INVALID_CALL_TYPE = _documented_fault("invalid-call-type", "Invalid call type")
AGENT_EMAIL_REQUIRED = _documented_fault("agent-email-required", "Agent email required")
TICKET_ID_OR_END_USER_NUMBER_REQUIRED = _documented_fault(
    "ticket-id-or-end-user-number-required", "ticket_id or end_user_number required"
)
END_USER_NUMBER_NOT_WELL_FORMED = _documented_fault(
    "end-user-number-not-well-formed", "end_user_number is not well-formed"
)
END_USER_NUMBER_MALFORMED = _documented_fault(
    "end-user-number-malformed", "end_user_number is not well formed"
)
NOT_A_VALID_AGENT_EMAIL = _documented_fault("not-a-valid-agent-email", "Not a valid agent email")
CONTACT_NOT_FOUND = _documented_fault("contact-not-found", "Contact not found")
AGENT_WITHOUT_ACCESS = _documented_fault(
    "agent-without-access", "Agent does not have access to make calls"
)
AGENT_NOT_AVAILABLE = _documented_fault(
    "agent-not-available", "Agent is not available to take this call"
)
END_USER_NUMBER_REQUIRED = _documented_fault(
    "end-user-number-required", "end_user_number is required"
)
MENU_ID_REQUIRED = _documented_fault("menu-id-required", "menu_id is required")
MENU_ID_MALFORMED = _documented_fault("menu-id-malformed", "menu_id is not well formed")
MENU_ID_NOT_FOUND = _documented_fault("menu-id-not-found", "menu_id {menu_id} is not found")
MENU_NOT_IVR_OR_MOBILE = _documented_fault(
    "menu-not-ivr-or-mobile", "Only IVR and mobile menu IDs are permitted"
)
MENU_NOT_MOBILE_OR_WEB = _documented_fault(
    "menu-not-mobile-or-web", "Only mobile and web menu IDs are permitted"
)
MENU_IN_MANUAL_REDIRECTION = _documented_fault(
    "menu-in-manual-redirection", "Menu is in 'manual redirection' state, can't accept calls"
)
MENU_AFTER_HOURS = _documented_fault(
    "menu-after-hours", "Menu is in 'after hours' state, can't accept incoming calls"
)
LANGUAGE_NOT_FOUND = _documented_fault("language-not-found", "Language '{lang}' is not found")
LANGUAGE_NOT_AVAILABLE = _documented_fault(
    "language-not-available", "Language '{lang}' is not available"
)
SCHEDULED_AT_REQUIRED = _documented_fault("scheduled-at-required", "scheduled_at is required")
SCHEDULED_AT_MALFORMED = _assumed_fault(
    "scheduled-at-malformed", 400, "scheduled_at is not well formed"
)
SCHEDULED_AT_PAST = _assumed_fault("scheduled-at-past", 400, "scheduled_at must be in the future")
PARENT_CALL_NOT_FOUND = _assumed_fault(
    "parent-call-not-found", 400, "call_id {call_id} is not found"
)
RECORDING_PERMISSION_MALFORMED = _assumed_fault(
    "recording-permission-malformed", 400, "recording_permission is not valid"
)
OUTBOUND_NUMBER_MALFORMED = _assumed_fault(
    "outbound-number-malformed", 400, "outbound_number is not well-formed"
)
OUTBOUND_NUMBER_NOT_FOUND = _assumed_fault(
    "outbound-number-not-found", 400, "outbound_number is not found"
)
FLAG_MALFORMED = _assumed_fault("flag-malformed", 400, "customer flags must be boolean")
IDENTIFIER_REQUIRED = Fault(
    "identifier-required",
    400,
    "param is missing or the value is empty: identifier",
    Evidence.OBSERVED,
)

AGENT_MUST_ACT = Fault("agent-must-act", 202, "", Evidence.DOCUMENTED)
"""Not an error, but a row of the same table: accepted, and an agent must finish it by hand."""

NUMBER_TO_CHOOSE = Fault("number-to-choose", 200, "", Evidence.DOCUMENTED)
"""Two examples print 200 with fields of a request as the body.

The same state leads to 202 elsewhere: a quirk of the account or a scenario causes this response."""


def _observed_fault(name: str, message: str) -> Fault:
    return Fault(name, 400, message, Evidence.OBSERVED)


SCENARIO_ONLY_FAULTS: Final = (
    _observed_fault("comm-type-required", "param is missing or the value is empty: comm_type"),
    _observed_fault("unsupported-crm-request", "Unsupported CRM request"),
    _observed_fault(
        "duplicate-request", "Duplicate request: Please wait for the interval to expire"
    ),
    _assumed_fault("scheduling-refused", 422, "Unprocessable Entity"),  # the code is observed
    _assumed_fault("server-error", 500, "Internal Server Error"),
    _assumed_fault("service-unavailable", 503, "Service Unavailable"),
)
