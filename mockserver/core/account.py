"""A customer of one provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

REFUSED: Final = frozenset({"invalid", "revoked"})
"""Credentials that no account accepts, so that a test can always be turned away."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a webhook is tried: once, and again after each of these waits in ms."""

    waits: tuple[int, ...] = ()
    satisfied_by: frozenset[int] = frozenset(range(200, 300))


ONCE: Final = Retry()


@dataclass(frozen=True, slots=True)
class Limits:
    """At most so many requests in any `per` ms."""

    requests: int
    per: int


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its file says; None where the file is silent, which allows everything.

    `webhooks` maps a vendor's webhook id, or `any`, to a URL. `records` are the provider's own:
    (kind, identity) -> a frozen value of that kind. `timeline` says what is merged into the
    account how many ms after the start. `document` is the account as it would stand in a file.
    """

    name: str
    provider: str
    credentials: frozenset[str] | None = None
    numbers: frozenset[str] | None = None
    webhooks: Mapping[str, str] = field(default_factory=dict)
    retry: Retry | None = None
    limits: Limits | None = None
    balance: Decimal | None = None
    quirks: frozenset[str] = frozenset()
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    timeline: tuple[tuple[int, Mapping[str, object]], ...] = ()
    document: Mapping[str, object] = field(default_factory=dict)

    def admits(self, credential: str | None) -> bool:
        if not credential or credential in REFUSED:
            return False
        return self.credentials is None or credential in self.credentials


def merged(target: Any, patch: Any) -> Any:
    """A JSON Merge Patch (RFC 7396): null takes a key away."""
    if not isinstance(patch, Mapping):
        return patch
    base = target if isinstance(target, Mapping) else {}
    changed = {name: merged(base.get(name), new) for name, new in patch.items() if new is not None}
    return {**{name: old for name, old in base.items() if name not in patch}, **changed}
