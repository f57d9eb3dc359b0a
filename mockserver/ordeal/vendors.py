"""What an ordeal needs to know of each vendor: how a call is placed, and what can happen to it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.rulebook import Evidence
from mockserver.core.suggestions import did_you_mean
from mockserver.ordeal.control import OrdealError


class Grounds(NamedTuple):
    """How we know that a vendor's webhooks can meet a case.

    `reason` is what the vendor's page says, or why it is assumed.
    """

    evidence: Evidence
    reason: str


class Vendor(NamedTuple):
    """How calls of a vendor are placed.

    - `operation` places a call, and its field `url_field` says where webhooks go; if that is
      empty, the vendor's portal says it;
    - `numbers`: how a number of a callee begins, seven digits before its end;
    - `legs`: how people behave, in the words of a scenario;
    - `id_setting`: the setting of an account with the ids of its next calls, if these count on;
    - `has_waits`: whether it tries a failed webhook again without a setting;
    - `cases`: the cases that its webhooks can meet.
    """

    operation: str
    url_field: str
    numbers: str
    cases: Mapping[str, Grounds]
    legs: Mapping[str, Any] = EMPTY_MAPPING
    id_setting: str = ""
    has_waits: bool = False


NETWORK: Final = Grounds(Evidence.ASSUMED, "a network can do this to any request")
LATER: Final = Grounds(Evidence.ASSUMED, "no page promises when a webhook comes")
ALONE: Final = Grounds(Evidence.ASSUMED, "no page promises an order between calls")
ORDER: Final = Grounds(Evidence.ASSUMED, "no page promises an order within a call")
AGAIN: Final = Grounds(Evidence.DOCUMENTED, "there is more than one call")
RETRY: Final = Grounds(Evidence.ASSUMED, "no page says whether a failed webhook is tried again")

COMMON: Final[Mapping[str, Grounds]] = {
    "slow-sender": NETWORK,
    "late": LATER,
    "lost-then-retried": RETRY,
    "duplicate": NETWORK,
    "at-once": NETWORK,
    "repeated": RETRY,
    "reordered-calls": ALONE,
    "duplicate-later": NETWORK,
    "afterwards": AGAIN,
}
"""What can happen to the webhooks of any vendor."""

DAMAGE: Final[Mapping[str, Grounds]] = {"truncated": NETWORK, "garbage": NETWORK}

VENDORS: Final[Mapping[str, Vendor]] = {
    "effebot": Vendor(
        operation="create",
        url_field="webhookUrl",
        numbers="9999",
        id_setting="call_ids",
        has_waits=True,
        cases={
            "clean": Grounds(
                Evidence.DOCUMENTED, "the page sends the details of a call to `webhookUrl`"
            ),
            "before-the-reply": Grounds(
                Evidence.ASSUMED, "the first status is that of a placed call"
            ),
            "reordered": ORDER,
            **COMMON,
            **DAMAGE,
            "lost-then-retried": Grounds(Evidence.DOCUMENTED, "three attempts, a minute apart"),
            "repeated": Grounds(Evidence.DOCUMENTED, "three attempts, until one gets a 200"),
        },
    ),
    "innocalls": Vendor(
        operation="dispatch",
        url_field="webhook",
        numbers="20112",
        legs={"a": {"answer": "2s", "press": "1"}},
        cases={
            "clean": Grounds(
                Evidence.DOCUMENTED, "the page sends the digits and the CDR to `webhook`"
            ),
            "reordered": ORDER,
            **COMMON,
        },
    ),
    "mobtexting": Vendor(
        operation="c2c",
        url_field="",
        numbers="91886",
        cases={
            "clean": Grounds(Evidence.DOCUMENTED, "the page posts the report of a call"),
            **COMMON,
            **DAMAGE,
        },
    ),
    "phonon": Vendor(
        operation="create",
        url_field="",
        numbers="91886",
        cases={
            "clean": Grounds(Evidence.OBSERVED, "the vendor posts the report of a call"),
            **COMMON,
            **DAMAGE,
        },
    ),
}
"""Vendor -> how it is played, and what its webhooks can meet. CCAI sends none."""


def find_vendor(provider: str, cases: Iterable[str]) -> Vendor:
    """Return the vendor, whose webhooks can meet these cases.

    Raises:
        OrdealError: no vendor of that name sends webhooks, or one of the cases is unknown to it.
    """
    if provider not in VENDORS:
        hint = did_you_mean(provider, VENDORS) or f"{', '.join(VENDORS)} do"
        raise OrdealError(f"no provider {provider!r} sends webhooks: {hint}")
    vendor = VENDORS[provider]
    for case in cases:
        if case not in vendor.cases:
            hint = did_you_mean(case, vendor.cases) or f"it has {', '.join(vendor.cases)}"
            raise OrdealError(f"{provider} has no case {case!r}: {hint}")
    return vendor
