"""Accounts, and the pure functions that change them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.time import Duration, to_seconds
from mockserver.core.value import Value

REJECTED_CREDENTIALS: Final = frozenset({"invalid", "revoked"})
"""Credentials that no account accepts, so that tests can always provoke a refusal."""


class Retry(Value):
    """How often a webhook is tried: once, and again after each of `waits` (ms) until it succeeds.

    `satisfied_by` are the HTTP statuses that count as success.
    """

    waits: tuple[int, ...] = ()
    satisfied_by: frozenset[int] = frozenset(range(200, 300))


NO_RETRY: Final = Retry()


class Limits(Value):
    """At most `requests` requests within any `per` ms."""

    requests: int
    per: int


class Account(Value):
    """A customer of one provider, as a file describes it; None stands for no restriction.

    `webhooks` maps a vendor's webhook id, or `any`, to a URL. `records` are the provider's own:
    kind -> identity -> a frozen value. `timeline` has pairs of a time in ms after the start of
    the sandbox and what is merged into the account then. `settings` are the provider's own, None
    if it has none. `generate` maps a kind of record to how many fake ones to create, and `locale`
    to theirs. `time_zone` is that of the vendor's local times; `redial_after` (ms) comes before a
    redial for which nothing else names a time; None for what is usual for the vendor. `webhook_ca`
    has certificates in PEM format that https receivers may show. `document` is the account as a
    file would contain it.
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
    time_zone: ZoneInfo | None = None
    redial_after: int | None = None
    webhook_ca: str = ""
    document: Mapping[str, object] = EMPTY_MAPPING

    @property
    def key(self) -> tuple[str, str]:
        return self.provider, self.name


class SaveRecord(Value):
    """A record to save for an account, replacing the previous one; None deletes it.

    `account` is (provider, name).
    """

    account: tuple[str, str]
    kind: str
    identity: str
    record: Any


class Charge(Value):
    """An amount that an account pays; `call_id` is empty if it is not for a call.

    `account` is (provider, name).
    """

    account: tuple[str, str]
    amount: Decimal
    reason: str
    call_id: str = ""


def with_record(account: Account, save: SaveRecord) -> Account:
    """Return the account with the record saved or deleted, also in its document."""
    document = None if save.record is None else to_document(save.record)
    changes = {save.kind: {save.identity: document}}
    entries = dict(account.records.get(save.kind, {}))
    if save.record is None:
        entries.pop(save.identity, None)
    else:
        entries[save.identity] = save.record
    records = {**account.records, save.kind: entries}
    return account.replace(records=records, document=merge_entries(account.document, changes))


def with_charge(account: Account, charge: Charge) -> Account:
    """Return the account with its balance reduced; an account without a balance is unchanged."""
    if account.balance is None:
        return account
    left = account.balance - charge.amount
    return account.replace(balance=left, document={**account.document, "balance": str(left)})


def to_document(value: Any) -> Any:
    """Convert a record to what a file would contain; fields with their default are left out."""
    if hasattr(value, "_fields"):
        defaults, fields = value._field_defaults, value._asdict().items()
        return {
            name: to_document(inner)
            for name, inner in fields
            if name not in defaults or defaults[name] != inner
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
    """Return the document with `changes` merged into its maps: kind -> name -> entry.

    An entry of None removes the name.
    """
    changed = {}
    for kind, entries in changes.items():
        known = document.get(kind)
        merged = {**(known if isinstance(known, Mapping) else {}), **entries}
        changed[kind] = {name: entry for name, entry in merged.items() if entry is not None}
    return {**document, **changed}


def merge_patch(target: Any, patch: Any) -> Any:
    """Return the target with a JSON Merge Patch (RFC 7396) applied: None removes a key."""
    if not isinstance(patch, Mapping):
        return patch
    base = target if isinstance(target, Mapping) else {}
    changed = {
        name: merge_patch(base.get(name), new) for name, new in patch.items() if new is not None
    }
    return {**{name: old for name, old in base.items() if name not in patch}, **changed}
