"""The words of Phonon's calls and reports, and how we know that the vendor has each of them."""

from typing import Final

from mockserver.core.causes import CAUSES
from mockserver.core.rulebook import Evidence

ASSUMED, OBSERVED = Evidence.ASSUMED, Evidence.OBSERVED
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
