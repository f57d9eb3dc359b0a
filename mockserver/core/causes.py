"""Why a leg ended: the seven causes, their Q.850 numbers, the outcome that each gives a call."""

from types import MappingProxyType
from typing import Final, NamedTuple


class Cause(NamedTuple):
    q850: int
    outcome: str


CAUSES: Final = MappingProxyType(
    {
        "normal": Cause(16, "cancelled"),  # a leg that was given up before it answered
        "busy": Cause(17, "busy"),
        "no-answer": Cause(19, "no-answer"),
        "rejected": Cause(21, "rejected"),
        "unreachable": Cause(20, "unreachable"),
        "invalid-number": Cause(28, "invalid-number"),
        "network-failure": Cause(38, "failed"),
    }
)
