"""A customer of one provider."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.time import Duration, to_seconds

REJECTED_CREDENTIALS: Final = frozenset({"invalid", "revoked"})
"""Credentials that no account accepts, so that a test can always be turned away."""


class Retry(NamedTuple):
    """How often a webhook is tried: once, and again after each of these waits in ms."""

    waits: tuple[int, ...] = ()
    satisfied_by: frozenset[int] = frozenset(range(200, 300))


NO_RETRY: Final = Retry()


class Limits(NamedTuple):
    """At most so many requests in any `per` ms."""

    requests: int
    per: int


class Account(NamedTuple):
    """An account as its file says; None where the file is silent, which allows everything.

    `webhooks` maps a vendor's webhook id, or `any`, to a URL. `records` are the provider's own:
    (kind, identity) -> a frozen value of that kind. `timeline` says what is merged into the
    account how many ms after the start. `settings` are the provider's own, None if it has none.
    `generate` says how many records of a kind are to be made up. `document` is the account as it
    would stand in a file.
    """

    name: str
    provider: str
    credentials: frozenset[str] | None = None
    numbers: frozenset[str] | None = None
    webhooks: Mapping[str, str] = EMPTY_MAPPING
    retry: Retry | None = None
    limits: Limits | None = None
    balance: Decimal | None = None
    quirks: frozenset[str] = frozenset()
    records: Mapping[str, Mapping[str, Any]] = EMPTY_MAPPING
    timeline: tuple[tuple[int, Mapping[str, object]], ...] = ()
    settings: Any = None
    generate: Mapping[str, str] = EMPTY_MAPPING
    document: Mapping[str, object] = EMPTY_MAPPING

    @property
    def key(self) -> tuple[str, str]:
        return self.provider, self.name

    def allows_credential(self, credential: str | None) -> bool:
        if not credential or credential in REJECTED_CREDENTIALS:
            return False
        return self.credentials is None or credential in self.credentials


class SaveRecord(NamedTuple):
    """A record to keep for an account, in place of the one that was there; None takes it away."""

    account: tuple[str, str]
    kind: str
    identity: str
    record: Any


class Charge(NamedTuple):
    """An amount that an account pays, what for, and for which call if for one."""

    account: tuple[str, str]
    amount: Decimal
    reason: str
    call_id: str = ""


def with_record(account: Account, save: SaveRecord) -> Account:
    """The account with this record, in its document too."""
    told = {save.kind: {save.identity: None if save.record is None else to_document(save.record)}}
    others = dict(account.records.get(save.kind, {}))
    if save.record is None:
        others.pop(save.identity, None)
    else:
        others[save.identity] = save.record
    records = {**account.records, save.kind: others}
    return account._replace(records=records, document=merge_entries(account.document, told))


def with_charge(account: Account, charge: Charge) -> Account:
    """The account with so much less on it; one that keeps no balance pays nothing."""
    if account.balance is None:
        return account
    left = account.balance - charge.amount
    return account._replace(balance=left, document={**account.document, "balance": str(left)})


def to_document(value: Any) -> Any:
    """A record as it would stand in a file; what is as usual is left out."""
    if hasattr(value, "_fields"):
        usual, said = value._field_defaults, value._asdict().items()
        return {
            name: to_document(one) for name, one in said if name not in usual or usual[name] != one
        }
    if isinstance(value, Mapping):
        return {name: to_document(inner) for name, inner in value.items()}
    if isinstance(value, tuple):
        return [to_document(inner) for inner in value]
    if isinstance(value, Duration):
        return to_seconds(value)
    return str(value) if isinstance(value, Decimal | ZoneInfo) else value


def merge_entries(
    document: Mapping[str, object], changes: Mapping[str, Mapping[str, object]]
) -> Any:
    """The document with other entries in some of its maps; None takes one away."""
    new = {}
    for kind, entries in changes.items():
        known = document.get(kind)
        both = {**(known if isinstance(known, Mapping) else {}), **entries}
        new[kind] = {name: entry for name, entry in both.items() if entry is not None}
    return {**document, **new}


def merge_patch(target: Any, patch: Any) -> Any:
    """A JSON Merge Patch (RFC 7396): null takes a key away."""
    if not isinstance(patch, Mapping):
        return patch
    base = target if isinstance(target, Mapping) else {}
    changed = {
        name: merge_patch(base.get(name), new) for name, new in patch.items() if new is not None
    }
    return {**{name: old for name, old in base.items() if name not in patch}, **changed}
