"""What a Phonon account keeps: its flows, and who may use them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from mockserver.core.time import MINUTE, Duration

DEFAULT_REATTEMPT_DELAY = Duration(10 * MINUTE)  # between two attempts: assumed


class Flow(NamedTuple):
    """A flow, by its id of eight characters. `bridge` is whom the callee is joined with, if any.

    `gateway`, `mask` and `data` stand for what a flow may lack; `variables` it cannot do without.
    """

    did: str = "918068281234"
    version: Literal["1.0", "TEST"] = "1.0"
    reattempts: int = 0
    reattempt_after: Duration = DEFAULT_REATTEMPT_DELAY
    say: str = ""
    bridge: str = ""
    variables: tuple[str, ...] = ()
    gateway: Literal["ready", "invalid", "failing"] = "ready"
    mask: bool = True
    data: bool = True


class Settings(NamedTuple):
    """`ip_allow_list` empty lets everybody in; `test_numbers` are whom TEST flows may call.

    Within `checksum_window` a request may not come twice; nought switches that off. `per_minute` is
    how many requests each host takes; one that is not named takes any number.
    """

    security_id: str = ""
    ip_allow_list: tuple[str, ...] = ()
    test_numbers: tuple[str, ...] = ()
    checksum_window: Duration = Duration(0)
    expired: bool = False
    per_minute: Mapping[str, int] = MappingProxyType({})
