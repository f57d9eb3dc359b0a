"""The words of Mobtexting's report, and how we know that the vendor has each of them."""

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
