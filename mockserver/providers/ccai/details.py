"""The details of the CCAI Platform's responses and calls, and how we know of each."""

from typing import Final

from mockserver.core.rulebook import Evidence

ASSUMED, DOCUMENTED, OBSERVED = Evidence.ASSUMED, Evidence.DOCUMENTED, Evidence.OBSERVED
DETAILS: Final = {
    "fields of a refusal": ("`message`", DOCUMENTED),
    "credential": ("HTTP Basic with the subdomain and a token", OBSERVED),
    "page size of `manager-calls`": ("100", OBSERVED),
    "`sort_column` of `manager-calls`": (
        "`id`, `created_at` or `updated_at`; without one of them, the order in which calls came",
        ASSUMED,
    ),
    "`sort_direction` of `manager-calls`": ("`desc` in any case, else ascending", ASSUMED),
    "`updated_at[from]` of `manager-calls`": (
        "calls whose last event or time is not before it; all if it is no time",
        ASSUMED,
    ),
    "header `total` of `manager-calls`": ("how many calls there are", ASSUMED),
    "time without a zone": ("UTC", ASSUMED),
    "who is offered a call": ("the agent of the group who has been idle longest", ASSUMED),
    "how long an offer rings": ("30 seconds", ASSUMED),
    "how long a call waits for an agent": ("10 minutes", ASSUMED),
    "`assigned` after an offer is answered": ("1 second", ASSUMED),
    "`connecting` after that": ("1 second", ASSUMED),
    "`deflected` without voicemail": ("1 minute", ASSUMED),
    "longest voicemail": ("2 minutes", ASSUMED),
    "`call_duration`": ("seconds since the first connection", ASSUMED),
    "`wait_duration`": ("seconds of all waits in queues", ASSUMED),
    "`fail_reason` of a call": ("follows from who hangs up first, and how", ASSUMED),
    "times of a transfer": (
        "it sets `queued_at`; the next agent sets `assigned_at` and `connected_at`",
        ASSUMED,
    ),
    "agent who has a call": ("gets no other one", ASSUMED),
}
"""What the vendor does beyond its faults and words -> in words, and how we know."""
