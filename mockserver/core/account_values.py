"""Types of the values in an account, and what identities of records and keys it may have."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple, NewType

from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.time import Duration

Count = NewType("Count", int)
"""A whole number, 0 or more."""
Amount = NewType("Amount", Decimal)
"""An amount of money, 0 or more."""
PositiveDuration = NewType("PositiveDuration", Duration)
Digits = NewType("Digits", str)
"""A telephone number in digits, perhaps with a + before them."""
OptionalDigits = NewType("OptionalDigits", str)
"""A telephone number in digits, or an empty text."""
Network = NewType("Network", str)
"""An IP address, or a network such as 10.0.0.0/8."""
Addresses = NewType("Addresses", str)
"""IP addresses with commas between them, or an empty text."""
LanguageTag = NewType("LanguageTag", str)
Timestamp = NewType("Timestamp", str)
"""A time in ISO 8601, as printed."""


class Identity(NamedTuple):
    """What the identities of a kind of record look like: a pattern, and its meaning in words."""

    pattern: str
    expected: str


ACCOUNT_PHONE: Final = Identity(r"\+?[0-9][0-9 ()-]{2,24}", "a telephone number in digits")

ValueProblem = tuple[tuple[str | int, ...], str]
"""(path in the account, message)."""


def no_problems(_: Mapping[str, Any]) -> Iterable[ValueProblem]:
    return ()


class AccountRules(NamedTuple):
    """What else a provider says about its accounts.

    - `reads_numbers`, `reads_balance`: whether it reads the keys `numbers` and `balance`;
    - `webhook_ids`: the keys that `webhooks` may have, None for any id that a request may name;
      empty if the requests themselves say where webhooks go;
    - `identities`: kind of record -> the identities that a request can name;
    - `check`: returns the problems of an account without other problems;
    - `unused`: key that other providers use -> why it can have no effect here;
    - `credential`: the setting that is the credential of an account without `credentials`.
    """

    reads_numbers: bool = False
    reads_balance: bool = False
    webhook_ids: tuple[str, ...] | None = ()
    identities: Mapping[str, Identity] = EMPTY_MAPPING
    check: Callable[[Mapping[str, Any]], Iterable[ValueProblem]] = no_problems
    unused: Mapping[str, str] = EMPTY_MAPPING
    credential: str = ""
