"""What a provider takes out of an account's records for a request that the account accepts."""

from collections.abc import Callable, Mapping
from typing import Final

from mockserver.core.account import REJECTED_CREDENTIALS, Account
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.read_model import ReadModel
from mockserver.core.value import Value

ANY_CREDENTIAL: Final = "sample-credential"
NO_CREDENTIAL: Final = "the account accepts no credential"


class Sample(Value):
    """The variable parts of a request; the endpoint has the others.

    `subdomain` stands for the `*` in the host of the endpoint, `client` is the address of the
    client.
    """

    fields: Mapping[str, object]
    headers: Mapping[str, str] = EMPTY_MAPPING
    subdomain: str = ""
    client: str = "127.0.0.1"


class FirstRequest(Value):
    """A request that makes what is missing: `fields` are those beside its sample's."""

    operation: str
    fields: Mapping[str, object] = EMPTY_MAPPING


class Missing(Value):
    """What has to be there for a sample, in words, and the request that makes it."""

    reason: str
    first: FirstRequest


def place_first(what: str, operation: str, **fields: object) -> Missing:
    """Say what is missing, and by which request it is there."""
    names = f" with {', '.join(fields)}" if fields else ""
    reason = f"{what}: place {operation}{names} first"
    return Missing(reason=reason, first=FirstRequest(operation=operation, fields=fields))


SampleMaker = Callable[[Account, int], tuple[Sample, ...] | str]
"""(account, time in ms) -> samples of different calls, or in words why the account accepts none.

The samples are candidates, the best first: `accepted_requests` keeps those that the rules accept.
"""

MadeSamples = tuple[Sample, ...] | Missing | str
"""Samples, or what has to be there first, or in words why there are none."""

OtherSampleMaker = Callable[[Account, int, ReadModel], MadeSamples]
"""(account, time in ms, read model) -> samples, or what has to be there first.

The samples may name what earlier requests have made, such as a call: the newest first.
"""


def sample_credential(account: Account) -> str:
    """Return a credential of the account; empty if it accepts none."""
    if account.credentials is None:
        return ANY_CREDENTIAL
    return min(account.credentials - REJECTED_CREDENTIALS, default="")


def keep_account(account: Account) -> Account:
    """Return the account as it is: for providers whose accounts have no momentary state."""
    return account
