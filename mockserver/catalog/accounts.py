"""An account as it stands in a file or in a control request, read into its typed value."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from mockserver.catalog import people, records
from mockserver.catalog.behaviours import millis
from mockserver.catalog.grammar import Flaw, Key, flaws, items, pruned, unknown_key
from mockserver.catalog.names import unnamed
from mockserver.catalog.vocabulary import Vocabulary
from mockserver.core.account import Account, Limits, Retry, merge_patch

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

FIXED: Final = ("provider", "timeline")
"""What a timeline cannot change."""


def read_account(
    words: Vocabulary, name: str, provider: str, body: Body
) -> tuple[Account | None, tuple[Flaw, ...]]:
    """The account, or else everything that is wrong with it."""
    found = _flaws(words, provider, body)
    return (None, found) if found else (account(words, name, provider, body), ())


def account_flaws(words: Vocabulary, provider: str, body: Body) -> Iterator[Flaw]:
    """What the form alone cannot tell."""
    own = words.settings.get(provider)
    made_up = words.generated.get(provider, ())
    generate = ("generate",) if made_up else ()
    known = (*KEYS, *generate, *words.records[provider], *records.hints(own))
    for key in body:
        if key not in known:
            yield (Key(key),), unknown_key(key, known, f" of an account of {provider}")
    for index, quirk in items(body, "quirks"):
        what = f"quirk of {provider}"
        yield from unnamed(what, ("quirks", index), quirk, words.quirks[provider])
    yield from people.flaws(made_up, body if made_up else {})
    yield from records.settings_flaws(own, body)
    for kind, record in words.records[provider].items():
        for path, message in records.flaws(record, body.get(kind, {})):
            yield (kind, *path), message
    yield from _timeline_flaws(words, provider, body)


def account(words: Vocabulary, name: str, provider: str, body: Body) -> Account:
    """The account of a body in which nothing is wrong."""
    credentials, limits = body.get("credentials", "any"), body.get("limits")
    kinds = words.records[provider].items()
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
        records={kind: records.read(record, body.get(kind, {})) for kind, record in kinds},
        timeline=tuple((millis(one["at"]), one["set"]) for one in body.get("timeline", ())),
        generate={kind: str(many) for kind, many in body.get("generate", {}).items()},
        settings=records.read_settings(words.settings.get(provider), body),
        document=body,
    )


def _flaws(words: Vocabulary, provider: str, body: Body) -> tuple[Flaw, ...]:
    form = flaws({"provider": provider, **body}, "account")
    rest = pruned(body, [path for path, _ in form])
    return (*form, *account_flaws(words, provider, rest))


def _timeline_flaws(words: Vocabulary, provider: str, body: Body) -> Iterator[Flaw]:
    """Each change is tried on what the account is by then."""
    changes = tuple(items(body, "timeline"))
    now = {key: value for key, value in body.items() if key not in FIXED}
    known = _flaws(words, provider, now) if changes else ()
    for index, change in changes:
        where, patch = ("timeline", index, "set"), change["set"]
        fixed = [key for key in FIXED if key in patch]
        yield from (((*where, Key(key)), f"a timeline cannot change the {key}") for key in fixed)
        then = merge_patch(now, {key: value for key, value in patch.items() if key not in FIXED})
        wrong = tuple(flaw for flaw in _flaws(words, provider, then) if flaw not in known)
        yield from (((*where, *path), message) for path, message in wrong)
        now = now if wrong else then


def _retry(given: Body) -> Retry:
    waits = tuple(millis(wait) for wait in given.get("waits", ()))
    statuses = frozenset(int(status) for status in given.get("satisfied_by", ()))
    return Retry(waits, statuses) if statuses else Retry(waits)
