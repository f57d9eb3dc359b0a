"""How an ordeal places calls of Innocalls, and what can happen to its webhooks."""

from typing import Final

from mockserver.core.ordeal_profile import COMMON, EARLY, ORDER, Grounds, OrdealProfile
from mockserver.core.rulebook import Evidence

ORDEAL: Final = OrdealProfile(
    operation="dispatch",
    url_field="webhook",
    numbers="20112",
    legs={"a": {"answer": "2s", "press": "1"}},
    cases={
        "clean": Grounds(Evidence.DOCUMENTED, "the page sends the digits and the CDR to `webhook`"),
        "before-the-reply": EARLY,
        "reordered": ORDER,
        **COMMON,
    },
)
