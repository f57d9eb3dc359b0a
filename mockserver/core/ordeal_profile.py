"""What an ordeal needs to know of a vendor: how a call is placed, and what can happen to it."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.rulebook import Evidence


class Grounds(NamedTuple):
    """How we know that a vendor's webhooks can meet a case.

    `reason` is what the vendor's page says, or why it is assumed.
    """

    evidence: Evidence
    reason: str


class OrdealProfile(NamedTuple):
    """How an ordeal places calls of a vendor, and what can happen to its webhooks.

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
EARLY: Final = Grounds(
    Evidence.ASSUMED,
    "the call starts with the request, and no page promises that the response comes first",
)
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
