"""The lifecycle as two tables: what can happen to a leg, and to a call as a whole."""

from types import MappingProxyType
from typing import Final

LIVE: Final = ("begun", "bridged")
"""The phases in which something can happen to the legs."""

LEG: Final = MappingProxyType(
    {
        ("idle", "ring"): "ringing",
        ("left", "ring"): "ringing",
        ("ringing", "answer"): "answered",
        ("ringing", "hangup"): "ended",
        ("answered", "hangup"): "ended",
        ("answered", "digits"): "answered",
        ("answered", "speech"): "answered",
        ("answered", "machine"): "answered",
        ("answered", "play"): "answered",
        ("answered", "sms"): "answered",
        ("answered", "leave"): "left",
    }
)
"""(state of the leg, verb) -> its next state.

Who leaves a conversation does not end it: the others stay, and the leg may be dialled anew. So may
one that has never answered."""

CALL: Final = MappingProxyType(
    {
        ("placed", "begin"): "begun",
        ("begun", "bridge"): "bridged",
        ("begun", "attempt-ended"): "over",
        ("bridged", "attempt-ended"): "over",
        ("over", "ended"): "ended",
        ("placed", "ended"): "ended",  # cancelled before it began
        **{(phase, "continue"): phase for phase in LIVE},
        **{(phase, "polled"): phase for phase in ("placed", *LIVE, "over", "ended")},
    }
)
"""(phase of the call, verb) -> its next phase. A call in phase `over` may be placed again.

`polled` is a read of the call by its client, `continue` the go-ahead of whoever tests."""
