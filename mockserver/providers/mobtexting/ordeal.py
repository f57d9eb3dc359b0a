"""How an ordeal places calls of Mobtexting, and what can happen to its webhooks."""

from typing import Final

from mockserver.core.ordeal_profile import COMMON, DAMAGE, EARLY, Grounds, OrdealProfile
from mockserver.core.rulebook import Evidence

ORDEAL: Final = OrdealProfile(
    operation="c2c",
    url_field="",
    numbers="91886",
    cases={
        "clean": Grounds(Evidence.DOCUMENTED, "the page posts the report of a call"),
        "before-the-reply": EARLY,
        **COMMON,
        **DAMAGE,
    },
)
