"""A customer of one provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

REFUSED: Final = frozenset({"invalid", "revoked"})
"""Credentials that no account accepts, so that a test can always be turned away."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a webhook is tried: once, and again after each of these waits in ms."""

    waits: tuple[int, ...] = ()
    satisfied_by: frozenset[int] = frozenset(range(200, 300))


ONCE: Final = Retry()


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its file says; None where the file is silent, which allows everything.

    `webhooks` maps a vendor's webhook id, or `any`, to a URL. `document` is the account as it
    would stand in a file.
    """

    name: str
    provider: str
    credentials: frozenset[str] | None = None
    numbers: frozenset[str] | None = None
    webhooks: Mapping[str, str] = field(default_factory=dict)
    retry: Retry | None = None
    balance: Decimal | None = None
    document: Mapping[str, object] = field(default_factory=dict)

    def admits(self, credential: str | None) -> bool:
        if not credential or credential in REFUSED:
            return False
        return self.credentials is None or credential in self.credentials
