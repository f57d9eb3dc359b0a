"""Every line of the CCAI Platform's error table, and what beside it has to be assumed."""

from typing import Final

from mockserver.core.rulebook import Evidence, Fault


def _documented(name: str, message: str) -> Fault:
    return Fault(name, 400, message, Evidence.DOCUMENTED)


def _assumed(name: str, status: int, message: str) -> Fault:
    return Fault(name, status, message, Evidence.ASSUMED)


UNAUTHORIZED = _assumed("unauthorized", 401, "Unauthorized")
UNKNOWN_SUBDOMAIN = _assumed("unknown-subdomain", 404, "Not Found")  # the code is documented
TOO_MANY = _assumed("too-many-requests", 429, "Too Many Requests")
UNREADABLE = _assumed("malformed-body", 400, "Bad Request")
WRONG_METHOD = _assumed("wrong-method", 404, "Not Found")  # as Rails has it
NOT_FOUND = Fault("call-not-found", 404, "Not Found", Evidence.OBSERVED)
ENDED = Fault("call-already-ended", 400, "Call is already ended", Evidence.OBSERVED)

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
    Evidence.OBSERVED,
)

MUST_ACT = Fault("agent-must-act", 202, "", Evidence.DOCUMENTED)
"""No error, but a row of the same table: accepted, and somebody has to finish it by hand."""

ECHOED = Fault("number-to-choose", 200, "", Evidence.DOCUMENTED)
"""Two examples print 200 and the request itself; state leads to 202, so a scenario orders it."""


def _observed(name: str, message: str) -> Fault:
    return Fault(name, 400, message, Evidence.OBSERVED)


ORDERED: Final = (
    ECHOED,
    _observed("comm-type-required", "param is missing or the value is empty: comm_type"),
    _observed("unsupported-crm-request", "Unsupported CRM request"),
    _observed("duplicate-request", "Duplicate request: Please wait for the interval to expire"),
    _assumed("scheduling-refused", 422, "Unprocessable Entity"),  # the code is observed
    _assumed("server-error", 500, "Internal Server Error"),
    _assumed("service-unavailable", 503, "Service Unavailable"),
)
