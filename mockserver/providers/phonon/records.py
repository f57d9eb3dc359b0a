"""The records of a Phonon account: flows, and settings that restrict their use."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from mockserver.core.time import Duration


class Flow(NamedTuple):
    """A flow, stored under its id of eight characters.

    `bridge` is a number to connect the contact with, if any. `reattempts` counts the attempts after
    the first, each `reattempt_after` (ms) the one before; None for the account's `redial_after`.
    `variables` are required in a request.
    `gateway`, `mask`, `data` and an empty `did` provoke the faults of an incomplete flow.
    """

    did: str = "918068281234"
    version: Literal["1.0", "TEST"] = "1.0"
    reattempts: int = 0
    reattempt_after: Duration | None = None
    say: str = ""
    bridge: str = ""
    variables: tuple[str, ...] = ()
    gateway: Literal["ready", "invalid", "failing"] = "ready"
    mask: bool = True
    data: bool = True


class Settings(NamedTuple):
    """Settings of an account.

    An empty `ip_allow_list` allows every address. TEST flows may only call `test_numbers`. The same
    request body is refused again within `checksum_window` (ms); 0 disables this check. `per_minute`
    maps a host to its limit of requests per minute; other hosts have no limit.
    """

    security_id: str = ""
    ip_allow_list: tuple[str, ...] = ()
    test_numbers: tuple[str, ...] = ()
    checksum_window: Duration = Duration(0)
    expired: bool = False
    per_minute: Mapping[str, int] = MappingProxyType({})
