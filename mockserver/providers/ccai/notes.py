"""Notes on conditions for which the documentation of the CCAI Platform says less, or two things."""

from typing import Final

CREDENTIAL: Final = (
    "the overview of the Apps API documents HTTP Basic with subdomain and token; "
    "no page shows the response without them"
)
RATE: Final = (
    "the overview of the Apps API documents 10 requests per second and customer; no page shows the "
    "response. Off unless the account has `limits: {requests: 10, per: 1s}`"
)
MISSING_CALL_TYPE: Final = "the page has `Invalid call type` for a value that is not supported"
OUTBOUND_NUMBER: Final = (
    "the page says that the number is one of Phone Number Management, and shows no other response"
)
LANGUAGE_OF_OUTBOUND: Final = (
    "the page has `lang` in the tables of all three types, and this response for incoming and "
    "scheduled calls only"
)
TICKET_OF_QUEUED_CALL: Final = "the page has `Contact not found` for outbound calls only"
SCHEDULED_AT: Final = (
    "the page says `ISO 8601 format to a valid future time`; it shows no response for other values"
)
INBOUND_MENUS: Final = (
    "the page contradicts itself: its table says `Only IVR and Web menu IDs are accepted`, its "
    "example 30 says IVR and mobile. The quirk inbound-web-menus takes IVR and web menus"
)
SCHEDULED_MENUS: Final = (
    "the page contradicts itself: example 44 is accepted with an IVR menu. "
    "The quirk scheduled-as-inbound takes IVR menus, too"
)
MUST_ACT: Final = (
    "the page contradicts itself: examples 18 and 21 have 202 where a number has to be chosen, "
    "examples 10 and 12 have 200 with fields of a request. The quirk number-choice-as-200 sends 200"
)
NUMBER_CHOICE: Final = (
    "the page contradicts itself: examples 10 and 12 have 200 with fields of another request than "
    "theirs, examples 18 and 21 have 202. Only with the quirk number-choice-as-200"
)
BORROWED: Final = "known of the operation end-user only"
