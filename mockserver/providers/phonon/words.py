"""The words and details of Phonon's responses and reports, and how we know of each."""

from typing import Final

from mockserver.core.causes import CAUSES
from mockserver.core.rulebook import Evidence

ASSUMED, DOCUMENTED, OBSERVED = Evidence.ASSUMED, Evidence.DOCUMENTED, Evidence.OBSERVED
OBSERVED_STATUSES: Final = (
    *("SCHEDULED", "IN_PROGRESS", "REATTEMPT_SCHEDULED"),
    *("COMPLETED", "PARTIAL_COMPLETE", "FAILURE"),
)
"""Those of the vendor's page of record statuses; when each applies is assumed."""
OBSERVED_CAUSES: Final = frozenset({"16"})
WORDS: Final = {
    "status": dict.fromkeys(OBSERVED_STATUSES, OBSERVED),
    "callDetails.hangupCause": {
        cause: OBSERVED if cause in OBSERVED_CAUSES else ASSUMED
        for cause in sorted({str(cause.q850) for cause in CAUSES.values()})
    },
    "callDetails.calleeType": {"VISITOR": OBSERVED},
    "callDetails.is_ringing": {"true": OBSERVED},
}
"""Path of a field -> its words; the page itself has no word of them."""
DETAILS: Final = {
    "fields of a success": (
        "`api-response-code`, `api-response-message`, `request-id` and `call-details`",
        DOCUMENTED,
    ),
    "`call-details`": ("`client-identifier` and `phonon-uuid` of each call", DOCUMENTED),
    "`client-identifier` of a call without one": ("null", ASSUMED),
    "HTTP status of a success": ("200", DOCUMENTED),
    "fields of a refusal": ("`api-response-code` and `api-response-message`", OBSERVED),
    "HTTP status of a refusal": (
        "200, as many codes mean something else in HTTP; the quirk `status-as-code` changes that",
        ASSUMED,
    ),
    "response of the bulk host": (
        "202 with `Accepted`, `request-id`, and null as `call-details`",
        OBSERVED,
    ),
    "some calls of a request are invalid": (
        "the others are placed, with code 209 and their `call-details` alone",
        ASSUMED,
    ),
    "some calls of a bulk request are invalid": ("the others are placed, with code 202", ASSUMED),
    "all calls of a request are invalid": ("the response has the first one's error", ASSUMED),
    "order of checks": ("that of the rulebook; no page has one", ASSUMED),
    "`security-id`": ("the credential; there is no header for it", DOCUMENTED),
    "limit of a body": ("256 KB", OBSERVED),
    "number of calls in a request": ("up to 500", DOCUMENTED),
    "default of `start-time`": ("now", ASSUMED),
    "`start-time` earlier today": ("the call starts at once", DOCUMENTED),
    "`start-time` without an offset": ("Asia/Kolkata unless the account has a zone", ASSUMED),
    "`start-time` with `Z` and an offset": ("the offset counts; a sample has both", OBSERVED),
    "`contact-numbers`": ("tried in turn until one connects, in one attempt", DOCUMENTED),
    "form of a number": ("10 to 15 digits, perhaps after a plus", ASSUMED),
    "call without `contact-numbers`": ("code 210, as the vendor calls them mandatory", OBSERVED),
    "call to a number of another form": ("code 205", ASSUMED),
    "call of a flow in testing": (
        "code 402 unless the account lists the number for tests",
        OBSERVED,
    ),
    "call with a `start-time` before today": ("code 400", ASSUMED),
    "call with a key whose name lacks `$flow.key.`": ("code 210", ASSUMED),
    "call without a variable that its flow requires": ("code 210", ASSUMED),
    "`keys`": ("variables of the flow, any number of them", DOCUMENTED),
    "empty list of `keys`": ("accepted, as a sample has it", OBSERVED),
    "null or an empty text as `keys`": ("accepted", ASSUMED),
    "attempts": ("as the flow has them; the request does not say", OBSERVED),
    "which calls are attempted again": ("those whose contact has not answered", ASSUMED),
    "wait before the next attempt": (
        "10 minutes after the end of one, unless the flow says",
        ASSUMED,
    ),
    "which status a call has": ("follows from the names of the words", ASSUMED),
    "when the report is sent": ("once, when the flow has completed", OBSERVED),
    "URL of the report": ("that of the account; a request has none", OBSERVED),
    "fields of the report": (
        "those of the newer form; the quirk `report-2020` gives the older one",
        OBSERVED,
    ),
    "`client-identifier` in the report": (
        "neither form shows it; only the quirk `client-identifier` adds it",
        OBSERVED,
    ),
    "`callDetails`": ("an item for each dialed number of each attempt", ASSUMED),
    "`cdrId`": ("a UUID and `##pbx-9`", OBSERVED),
    "`connectTime`": ("left out if the contact has not answered", OBSERVED),
    "`connectTime` of the older form": ("null if the contact has not answered", ASSUMED),
    "`duration`": ("milliseconds since the answer, as text", OBSERVED),
    "`duration` of the older form": ("whole seconds since the answer", OBSERVED),
    "`hangupCause`": ("a cause code of ISDN, as text", OBSERVED),
    "which `hangupCause` a call has": ("the code of ITU-T Q.850 for its outcome", ASSUMED),
    "`dtmfPressesd`": ("a key, its time and a label for each key pressed", OBSERVED),
    "`label` of a key": ("empty", ASSUMED),
    "`foreignCallIds`": ("an empty list", ASSUMED),
    "`remoteHangup`": ("true if the contact hangs up first", ASSUMED),
    "`recordingUrls` of the older form": ("one file if the contact has answered", ASSUMED),
    "times of the report": ("ISO 8601 with milliseconds and offset", OBSERVED),
    "time zone of the report": ("Asia/Kolkata unless the account has another", ASSUMED),
}
"""What the vendor does beyond its faults and words -> in words, and how we know."""
