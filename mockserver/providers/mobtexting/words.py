"""The words and details of Mobtexting's responses and report, and how we know of each."""

from typing import Final

from mockserver.core.rulebook import Evidence

ASSUMED, DOCUMENTED, OBSERVED = Evidence.ASSUMED, Evidence.DOCUMENTED, Evidence.OBSERVED
OBSERVED_STATUSES: Final = (
    *("ANSWER", "BUSY", "NOANSWER", "CANCEL", "CONGESTION", "CHANUNAVAIL"),
    *("RECEIVED", "MISSED", "COMPLETED"),
)
"""Those of the vendor's page of call statuses; which call gets which of them is assumed."""
STATUSES: Final = dict.fromkeys(OBSERVED_STATUSES, OBSERVED)
WORDS: Final = {
    "status": {**STATUSES, "COMPLETED": DOCUMENTED, "queued": OBSERVED},
    "status1": {**STATUSES, "RECEIVED": DOCUMENTED},
    "status2": {**STATUSES, "ANSWER": DOCUMENTED},
    "hangup_by": {"agent": DOCUMENTED, "caller": DOCUMENTED},
    "source": {"C2C": DOCUMENTED},
}
"""Field of the report -> its words; the page's sample has one status for each field."""
DETAILS: Final = {
    "fields of a success": ("`status` and `message`, as the first sample has them", DOCUMENTED),
    "fields of a success of a flow": ("those and `callId`, as the second sample", DOCUMENTED),
    "success of a flow without variables": ("the same as with variables", ASSUMED),
    "fields of a refusal": ("`status` with `ERROR`, `code` and `message`", OBSERVED),
    "several broken rules": ("the response has the first one; their order is assumed", ASSUMED),
    "refusal of a client that does not accept JSON": (
        "an unauthenticated request without `Accept: application/json` gets the login page",
        OBSERVED,
    ),
    "address of the login page": ("a redirect with status 302 to `/login`", ASSUMED),
    "bearer token": ("the credential of the sample", DOCUMENTED),
    "`access_token`": ("a field that may have the credential instead", OBSERVED),
    "JSON body": ("as in the sample", DOCUMENTED),
    "form body": ("as in earlier pages of the vendor", OBSERVED),
    "multipart body": ("taken as a form is", ASSUMED),
    "names such as `variables[otp]`": ("each is a variable, as in the sample", DOCUMENTED),
    "`variables` as an object or a list": ("a list has the names 0, 1 and so on", ASSUMED),
    "a variable that is no text": ("null is an empty text, any other value is as in JSON", ASSUMED),
    "text of a flow": ("each `{name}` is replaced when the customer answers", DOCUMENTED),
    "`{name}` without a variable": ("stays as it is", ASSUMED),
    "default of `record`": ("0", DOCUMENTED),
    "default of `duration`": ("no limit", DOCUMENTED),
    "default of `attempts`": ("2", DOCUMENTED),
    "`attempts`": ("redials of a call that is not answered, beside the first attempt", DOCUMENTED),
    "which calls are redialed": ("those of which either leg has not answered in time", ASSUMED),
    "wait before a redial": ("1 minute after the end of the attempt", ASSUMED),
    "`duration` of a request": ("minutes", DOCUMENTED),
    "start of `duration`": ("the moment at which all legs have answered", ASSUMED),
    "fields of the report": ("the fifteen of the sample, with its types", DOCUMENTED),
    "`webhook_id` of the report": (
        "the table has it and the sample does not; only the quirk `webhook-id` adds it",
        DOCUMENTED,
    ),
    "`to` of the report of a flow": ("`flow:` and the id, as text", ASSUMED),
    "when the report is sent": ("once, when the last attempt has ended", ASSUMED),
    "URL of the report": ("that of `webhook_id`", DOCUMENTED),
    "URL without `webhook_id`": (
        "the webhook `any` of the account is the subscription",
        DOCUMENTED,
    ),
    "times of the report": ("`2021-04-09 16:27:39`, as in the sample", DOCUMENTED),
    "time zone": ("Asia/Kolkata unless the account has another", ASSUMED),
    "`start_at`": ("the start of the last attempt", ASSUMED),
    "`duration` of the report": ("seconds of the first call", DOCUMENTED),
    "start of the first call": ("the start of the last attempt, so ringing counts", ASSUMED),
    "`billing`": ("seconds of the second call, as text", DOCUMENTED),
    "start of the second call": ("the answer of the second leg; 0 seconds for a flow", ASSUMED),
    "`status` of the report": (
        "follows from the meanings of the words on another page of the vendor",
        ASSUMED,
    ),
    "`status1`": ("`RECEIVED` if the first leg has answered, else why it has not", ASSUMED),
    "`status2`": ("`ANSWER`, why the second leg has not answered, or empty", ASSUMED),
    "`recording_url`": ("a URL if the call was recorded", DOCUMENTED),
    "call without a recording": ("empty `recording_url` unless every leg has answered", ASSUMED),
    "`hangup_by`": ("`agent` is the leg `from`, `caller` the leg `to`", ASSUMED),
    "`hangup_by` of a call that nobody hangs up": ("`agent`", ASSUMED),
}
"""What the vendor does beyond its faults and words -> in words, and how we know."""
