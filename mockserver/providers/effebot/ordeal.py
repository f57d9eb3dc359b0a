"""How an ordeal places calls of Effebot, and what can happen to its webhooks."""

from typing import Final

from mockserver.core.ordeal_profile import COMMON, DAMAGE, ORDER, Grounds, OrdealProfile
from mockserver.core.rulebook import Evidence
from mockserver.providers.effebot.webhooks import RETRY

ORDEAL: Final = OrdealProfile(
    operation="create",
    url_field="webhookUrl",
    numbers="9999",
    id_setting="call_ids",
    has_waits=bool(RETRY.waits),
    cases={
        "clean": Grounds(
            Evidence.DOCUMENTED, "the page sends the details of a call to `webhookUrl`"
        ),
        "before-the-reply": Grounds(
            Evidence.ASSUMED,
            "the first status is that of a placed call, and no page promises that the response"
            " comes first",
        ),
        "reordered": ORDER,
        **COMMON,
        **DAMAGE,
        "lost-then-retried": Grounds(Evidence.DOCUMENTED, "three attempts, a minute apart"),
        "repeated": Grounds(Evidence.DOCUMENTED, "three attempts, until one gets a 200"),
    },
)
