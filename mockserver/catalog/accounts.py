"""An account as it stands in a file or in a control request, read into its typed value."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from mockserver.core.account import Account, Retry
from mockserver.core.nearest import nearest
from mockserver.core.time import length

Path = tuple[str | int, ...]
Flaw = tuple[Path, str]
"""Where in the account, and what is wrong."""


def read_account(
    name: str, provider: str, document: Mapping[str, Any]
) -> tuple[Account | None, tuple[Flaw, ...]]:
    """The account, or else everything that is wrong with it."""
    flaws = tuple(_flaws(document))
    if flaws:
        return None, flaws
    values = {key: READERS[key](value) for key, value in document.items()}
    return Account(name=name, provider=provider, document=document, **values), ()


def _flaws(document: Mapping[str, Any]) -> Iterator[Flaw]:
    for key, value in document.items():
        if key not in READERS:
            yield (key,), f"unknown key {key!r} of an account {nearest(key, READERS)}".rstrip()
            continue
        try:
            READERS[key](value)
        except ValueError as wrong:
            yield (key,), str(wrong)


def _credentials(value: Any) -> frozenset[str] | None:
    if value == "any":
        return None
    return frozenset(_texts(value, "credentials are `any` or a list"))


def _numbers(value: Any) -> frozenset[str]:
    return frozenset(_texts(value, "numbers are a list"))


def _webhooks(value: Any) -> dict[str, str]:
    wanted = "webhooks map an id, or `any`, to an http or https URL"
    if not isinstance(value, Mapping):
        raise ValueError(wanted)
    if not all(str(url).startswith(("http://", "https://")) for url in value.values()):
        raise ValueError(wanted)
    return {str(name): str(url) for name, url in value.items()}


def _retry(value: Any) -> Retry:
    wanted = "retry is {waits: [60s, ...], satisfied_by: [200, ...]}"
    if not isinstance(value, Mapping) or not value.keys() <= {"waits", "satisfied_by"}:
        raise ValueError(wanted)
    waits = [length(str(wait)) for wait in _texts(value.get("waits", []), wanted)]
    statuses = _texts(value.get("satisfied_by", []), wanted)
    if None in waits or not all(status.isdecimal() for status in statuses):
        raise ValueError(wanted)
    kept = tuple(wait for wait in waits if wait is not None)
    return Retry(kept, frozenset(map(int, statuses))) if statuses else Retry(kept)


def _balance(value: Any) -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("balance is an amount, such as 12.50") from None
    if not amount.is_finite():
        raise ValueError("balance is an amount, such as 12.50")
    return amount


def _texts(value: Any, wanted: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str | int) for one in value):
        raise ValueError(wanted)
    return [str(one) for one in value]


READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "credentials": _credentials,
    "numbers": _numbers,
    "webhooks": _webhooks,
    "retry": _retry,
    "balance": _balance,
}
