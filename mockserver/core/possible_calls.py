"""What the calls of an operation can be like, whatever its requests ask for."""

from types import MappingProxyType
from typing import Final, NamedTuple


class PossibleCalls(NamedTuple):
    """The calls that an operation places.

    - `flows`: names of their call flows;
    - `webhooks`: kinds of webhooks that they send;
    - `final_webhooks`: those of which a call sends one, after all its other webhooks, once it has
      ended;
    - `redials`: whether a call can be dialed again after an attempt that failed;
    - `alternates`: whether it can try several numbers or agents in turn;
    - `hands_over`: whether it tries another agent only after a transfer, once all have answered.
    """

    flows: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()
    final_webhooks: tuple[str, ...] = ()
    redials: bool = False
    alternates: bool = False
    hands_over: bool = False

    def reaches_beyond_first(self, key: str) -> bool:
        """Whether a call can reach more than the first item of the list `key`."""
        return {"attempts": self.redials, "numbers": self.alternates}.get(key, True)


ONE_ITEM_REASONS: Final = MappingProxyType(
    {"attempts": "dials no call again", "numbers": "tries one number only"}
)
"""Key of a list -> why a call reaches no more than its first item; an operation does so."""

NO_CALLS: Final = PossibleCalls()
