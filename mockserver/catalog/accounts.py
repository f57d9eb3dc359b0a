"""An account as it stands in a file or in a control request, read into its typed value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final, get_type_hints

from mockserver.catalog.behaviours import millis
from mockserver.catalog.grammar import Flaw, flaws
from mockserver.catalog.vocabulary import Vocabulary
from mockserver.core.account import Account, Limits, Retry
from mockserver.core.nearest import nearest

Body = Mapping[str, Any]

KEYS: Final = (
    "credentials",
    "numbers",
    "webhooks",
    "retry",
    "limits",
    "balance",
    "quirks",
    "timeline",
)
"""What every provider's account may have; beside them stand the provider's own records."""

KINDS: Final[Mapping[type, Callable[[Any], Any]]] = {
    str: str,
    int: int,
    Decimal: lambda text: Decimal(str(text)),
}
"""Type of a record's field -> how its text is read."""


def read_account(
    words: Vocabulary, name: str, provider: str, body: Body
) -> tuple[Account | None, tuple[Flaw, ...]]:
    """The account, or else everything that is wrong with it."""
    found = (
        *flaws({"provider": provider, **body}, "account"),
        *account_flaws(words, provider, body),
    )
    return (None, found) if found else (account(words, name, provider, body), ())


def account_flaws(words: Vocabulary, provider: str, body: Body) -> Iterator[Flaw]:
    """What the form alone cannot tell."""
    records = words.records[provider]
    known = (*KEYS, *records)
    for key in body:
        if key not in known:
            hint = nearest(key, known) or f"one of {', '.join(known)}"
            yield (key,), f"unknown key {key!r} of an account of {provider}: {hint}"
    for quirk in body.get("quirks", ()):
        if quirk not in words.quirks[provider]:
            known = words.quirks[provider]
            hint = nearest(quirk, known) or f"known: {', '.join(known) or 'none'}"
            yield ("quirks",), f"{provider} has no quirk {quirk!r}: {hint}"
    for kind, record in records.items():
        yield from _record_flaws(kind, record, body.get(kind, {}))


def account(words: Vocabulary, name: str, provider: str, body: Body) -> Account:
    """The account of a body in which nothing is wrong."""
    credentials, limits = body.get("credentials", "any"), body.get("limits")
    records = words.records[provider]
    return Account(
        name=name,
        provider=provider,
        credentials=None if credentials == "any" else frozenset(map(str, credentials)),
        numbers=frozenset(map(str, body["numbers"])) if "numbers" in body else None,
        webhooks=body.get("webhooks", {}),
        retry=_retry(body["retry"]) if "retry" in body else None,
        limits=Limits(int(limits["requests"]), millis(limits["per"])) if limits else None,
        balance=Decimal(str(body["balance"])) if "balance" in body else None,
        quirks=frozenset(body.get("quirks", ())),
        records={kind: _records(record, body.get(kind, {})) for kind, record in records.items()},
        timeline=tuple((millis(one["at"]), one["set"]) for one in body.get("timeline", ())),
        document=body,
    )


def _retry(given: Body) -> Retry:
    waits = tuple(millis(wait) for wait in given.get("waits", ()))
    statuses = frozenset(int(status) for status in given.get("satisfied_by", ()))
    return Retry(waits, statuses) if statuses else Retry(waits)


def _records(kind: type, given: Body) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {
        name: kind(**{key: KINDS[hints[key]](value) for key, value in body.items()})
        for name, body in given.items()
    }


def _record_flaws(key: str, kind: type, given: Any) -> Iterator[Flaw]:
    wanted = [one.name for one in fields(kind)]
    form = f"{{{', '.join(wanted)}}}"
    if not isinstance(given, Mapping):
        yield (key,), f"{key} map an identity to {form}"
        return
    for name, body in given.items():
        if not isinstance(body, Mapping) or set(body) != set(wanted):
            yield (key, name), f"write {key} as {{{name}: {form}}}"
