"""Hangup causes: their Q.850 numbers, and the outcome of an attempt that fails for them."""

from types import MappingProxyType
from typing import Final, NamedTuple


class Cause(NamedTuple):
    q850: int
    outcome: str


CAUSES: Final = MappingProxyType(
    {
        "normal": Cause(16, "cancelled"),  # the leg was given up before it answered
        "busy": Cause(17, "busy"),
        "no-answer": Cause(19, "no-answer"),
        "rejected": Cause(21, "rejected"),
        "unreachable": Cause(20, "unreachable"),
        "invalid-number": Cause(28, "invalid-number"),
        "network-failure": Cause(38, "failed"),
    }
)
