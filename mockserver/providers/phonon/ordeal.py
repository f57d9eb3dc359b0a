"""How an ordeal places calls of Phonon, and what can happen to its webhooks."""

from typing import Final

from mockserver.core.ordeal_profile import COMMON, DAMAGE, Grounds, OrdealProfile
from mockserver.core.rulebook import Evidence

ORDEAL: Final = OrdealProfile(
    operation="create",
    url_field="",
    numbers="91886",
    cases={
        "clean": Grounds(Evidence.OBSERVED, "the vendor posts the report of a call"),
        "before-the-reply": Grounds(
            Evidence.ASSUMED,
            "a start time of the past starts the flow at once, and no page promises that the"
            " response comes first",
        ),
        **COMMON,
        **DAMAGE,
    },
)
