"""The words and details of Innocalls' responses and webhooks, and how we know of each."""

from typing import Final

from mockserver.core.rulebook import Evidence

ASSUMED, DOCUMENTED, OBSERVED = Evidence.ASSUMED, Evidence.DOCUMENTED, Evidence.OBSERVED
RECIPIENT_WORDS: Final = {
    "answered": DOCUMENTED,
    "not_answered": DOCUMENTED,
    "pending": ASSUMED,
    "ringing": ASSUMED,
}
WORDS: Final = {
    "success": {"true": DOCUMENTED, "false": ASSUMED},
    "data.message": {
        "Call in queue": DOCUMENTED,
        "Call Sent": DOCUMENTED,
        "Authorized": ASSUMED,
    },
    "data.callStatus.callStatus": {
        "failed": DOCUMENTED,
        "pending": OBSERVED,
        "processing": OBSERVED,
        "in_progress": OBSERVED,
        "completed": ASSUMED,
    },
    "data.callStatus.firstRecipientStatus": RECIPIENT_WORDS,
    "data.callStatus.secondRecipientStatus": RECIPIENT_WORDS,
    "action of a webhook": {"GetDigits": DOCUMENTED, "CDR": DOCUMENTED},
    "disposition of a webhook": {"Answered": DOCUMENTED, "Failed": DOCUMENTED},
}
"""Field -> its words. The vendor's dashboard has the observed ones for the same calls."""
DETAILS: Final = {
    "fields of a success": ("`status`, `success` and `data`, as the samples have them", DOCUMENTED),
    "fields of a refusal": (
        "those of a success, with the whole cell of the error table as `data.message`",
        ASSUMED,
    ),
    "fields of a call status": ("the twelve of the sample, all texts, in its order", DOCUMENTED),
    "callDuration": ("the duration of the request, for a call that failed too", ASSUMED),
    "actualDateTime": ("empty until the call begins", ASSUMED),
    "callId of a call from the browser": ("15 letters, as a dispatched call has", ASSUMED),
    "fields of the webhooks": (
        "`action`, `callId` and `clicked`, or `action`, `callId`, `disposition` and `to`",
        DOCUMENTED,
    ),
    "query of the webhooks": ("what the page lists, after the query of the URL", ASSUMED),
    "get-digits": ("a webhook for each key", ASSUMED),
    "cdr": ("a webhook at the end of the call", ASSUMED),
    "`webhook` is `#`": ("accepted, and no webhook is sent", ASSUMED),
    "default of `type`": ("`order_number`", DOCUMENTED),
    "default of `tries`": ("0", ASSUMED),
    "default of `try_delay`": ("1 minute", ASSUMED),
    "`try_delay`": ("counts from the start of the attempt before", ASSUMED),
    "time zone": ("Africa/Cairo unless the account has another, as the dashboard has", OBSERVED),
    "`duration`": ("minutes after bridging, as an older page of the vendor says", OBSERVED),
    "text of an order confirmation": (
        "the parameters that `type` names, each with its name",
        ASSUMED,
    ),
    "fields that are sent": ("as multipart, form, JSON or query, without blanks around", ASSUMED),
}
"""What the vendor does beyond its faults and words -> in words, and how we know."""
