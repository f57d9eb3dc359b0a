"""The records of a Phonon account: flows, and settings that restrict their use."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from mockserver.core.account import REJECTED_CREDENTIALS
from mockserver.core.account_values import (
    AccountRules,
    Count,
    Digits,
    Identity,
    Network,
    OptionalDigits,
    ValueProblem,
)
from mockserver.core.time import Duration

REAL_TIME_HOST: Final = "central.phonon.io"
BULK_HOST: Final = "central-api.phonon.io"
HOSTS: Final = MappingProxyType({"create": REAL_TIME_HOST, "create-bulk": BULK_HOST})
"""Operation -> its host."""


class Flow(NamedTuple):
    """A flow, stored under its id of eight characters.

    `bridge` is a number to connect the contact with, if any. `reattempts` counts the attempts after
    the first, each `reattempt_after` (ms) the one before; None for the account's `redial_after`.
    `variables` are required in a request.
    `gateway`, `mask`, `data` and an empty `did` provoke the faults of an incomplete flow.
    """

    did: OptionalDigits = OptionalDigits("918068281234")
    version: Literal["1.0", "TEST"] = "1.0"
    reattempts: Count = Count(0)
    reattempt_after: Duration | None = None
    say: str = ""
    bridge: OptionalDigits = OptionalDigits("")
    variables: tuple[str, ...] = ()
    gateway: Literal["ready", "invalid", "failing"] = "ready"
    mask: bool = True
    data: bool = True


class Settings(NamedTuple):
    """Settings of an account.

    Without `credentials`, an account takes the requests with its `security_id`, and all requests if
    it has none. With `credentials: any` it takes all, and refuses those with another `security_id`.
    An empty `ip_allow_list` allows every address. TEST flows may only call `test_numbers`. The same
    request body is refused again within `checksum_window` (ms); 0 disables this check. `per_minute`
    maps a host to its limit of requests per minute; other hosts have no limit.
    """

    security_id: str = ""
    ip_allow_list: tuple[Network, ...] = ()
    test_numbers: tuple[Digits, ...] = ()
    checksum_window: Duration = Duration(0)
    expired: bool = False
    per_minute: Mapping[str, Count] = MappingProxyType({})


def account_problems(body: Mapping[str, Any]) -> Iterator[ValueProblem]:
    """Yield a security id that no request can have, and limits of hosts that there are not."""
    credentials, security_id = body.get("credentials", "any"), str(body.get("security_id", ""))
    if credentials != "any" and security_id and security_id not in credentials:
        yield ("security_id",), "no request has it: it is not among the credentials"
    if security_id in REJECTED_CREDENTIALS:
        yield ("security_id",), f"{security_id!r} is always refused: write another id"
    for host in body.get("per_minute", {}):
        if host not in (REAL_TIME_HOST, BULK_HOST):
            yield (
                ("per_minute", host),
                f"{host} has no effect: the hosts are {REAL_TIME_HOST} and {BULK_HOST}",
            )


ACCOUNT_RULES: Final = AccountRules(
    reads_balance=True,
    webhook_ids=("any",),
    identities={"flows": Identity("[A-Za-z0-9]{8}", "a flow id of 8 letters and digits")},
    check=account_problems,
    credential="security_id",
)
