"""Check and build accounts, from files and from control API requests."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from mockserver.config import fake_records, records
from mockserver.config.account_checks import NO_RULES, common_key_problems, unread_keys
from mockserver.config.behaviors import parse_milliseconds
from mockserver.config.known_names import KnownNames
from mockserver.config.problems import MAX_PROBLEMS
from mockserver.config.references import unknown_name_problems
from mockserver.config.schema_checks import (
    KeySegment,
    PathProblem,
    format_unknown_key,
    schema_problems,
    valid_items,
    without_problems,
)
from mockserver.core.account import Account, Limits, Retry, merge_patch
from mockserver.core.account_values import AccountRules
from mockserver.core.address_policy import AddressPolicy, judge_url
from mockserver.core.time import Duration

RawMapping = Mapping[str, Any]

ACCOUNT_KEYS: Final = (
    "credentials",
    "numbers",
    "webhooks",
    "retry",
    "limits",
    "balance",
    "quirks",
    "timeline",
    "time_zone",
    "redial_after",
    "webhook_ca",
)
"""Keys of an account of any provider; a provider adds its records and settings."""

TIMELINE_FIXED_KEYS: Final = ("provider", "timeline")
"""Keys that a timeline cannot change."""


class _CommonSettings(NamedTuple):
    """Keys of an account of any provider that are checked and parsed as its settings are."""

    time_zone: ZoneInfo | None = None
    redial_after: Duration | None = None


def parse_account(
    known_names: KnownNames, name: str, provider: str, body: RawMapping
) -> tuple[Account | None, tuple[PathProblem, ...]]:
    """Return (account, ()), or (None, all problems) if `body` is invalid."""
    problems = _problems(known_names, provider, body)
    return (None, problems) if problems else (build_account(known_names, name, provider, body), ())


def account_problems(
    known_names: KnownNames, provider: str, body: RawMapping
) -> Iterator[PathProblem]:
    """Yield the problems that the JSON Schema cannot find."""
    rules = known_names.account_rules.get(provider, NO_RULES)
    found = False
    for problem in _value_problems(known_names, provider, body):
        found = True
        yield problem
    yield from () if found else rules.check(body)
    yield from _timeline_problems(known_names, provider, body)


def _value_problems(
    known_names: KnownNames, provider: str, body: RawMapping
) -> Iterator[PathProblem]:
    generated_kinds = known_names.generated_kinds.get(provider, ())
    unused = known_names.account_rules.get(provider, NO_RULES).unused
    known = _known_keys(known_names, provider)
    for key in body:
        if key in unused:
            message = f"{key!r} can have no effect on an account of {provider}: {unused[key]}"
            yield (KeySegment(key),), message
        elif key not in known:
            yield (
                (KeySegment(key),),
                format_unknown_key(key, known, f" of an account of {provider}"),
            )
    for index, quirk in valid_items(body, "quirks"):
        yield from unknown_name_problems(
            f"quirk of {provider}", ("quirks", index), quirk, known_names.quirks[provider]
        )
    yield from records.settings_problems(_CommonSettings, body)
    yield from fake_records.generate_problems(generated_kinds, body if generated_kinds else {})
    yield from records.settings_problems(known_names.settings_types.get(provider), body)
    rules = known_names.account_rules.get(provider, NO_RULES)
    for kind, record_type in known_names.record_types[provider].items():
        identity = rules.identities.get(kind, records.ANY_IDENTITY)
        for path, message in records.record_problems(record_type, body.get(kind, {}), identity):
            yield (kind, *path), message
    yield from common_key_problems(body, rules)
    yield from _url_problems(known_names.policy, body)


def _url_problems(policy: AddressPolicy, body: RawMapping) -> Iterator[PathProblem]:
    """Yield the URLs that no webhook would ever go to; the messages quote none of them."""
    for name, url in body.get("webhooks", {}).items():
        if rejection := judge_url(url, policy):
            yield ("webhooks", name), f"no webhook can go there: {rejection.reason}"


def _known_keys(known_names: KnownNames, provider: str) -> tuple[str, ...]:
    rules = known_names.account_rules.get(provider, NO_RULES)
    unread = (*unread_keys(known_names, provider), *rules.unused)
    return (
        *(key for key in ACCOUNT_KEYS if key not in unread),
        *(("generate",) if known_names.generated_kinds.get(provider) else ()),
        *known_names.record_types[provider],
        *records.field_types(known_names.settings_types.get(provider)),
    )


def build_account(known_names: KnownNames, name: str, provider: str, body: RawMapping) -> Account:
    """Build an account from a body without problems."""
    limits = body.get("limits")
    record_types = known_names.record_types[provider].items()
    common = records.parse_provider_settings(_CommonSettings, body)
    return Account(
        name=name,
        provider=provider,
        credentials=_build_credentials(known_names.account_rules.get(provider, NO_RULES), body),
        numbers=frozenset(map(str, body["numbers"])) if "numbers" in body else None,
        webhooks=body.get("webhooks", {}),
        retry=_build_retry(body["retry"], known_names.retries[provider])
        if "retry" in body
        else None,
        limits=Limits(int(limits["requests"]), parse_milliseconds(limits["per"]))
        if limits
        else None,
        balance=Decimal(str(body["balance"])) if "balance" in body else None,
        quirks=frozenset(body.get("quirks", ())),
        records={
            kind: records.parse_records(record_type, body.get(kind, {}))
            for kind, record_type in record_types
        },
        timeline=tuple(
            (parse_milliseconds(change["at"]), change["set"]) for change in body.get("timeline", ())
        ),
        generate={kind: str(count) for kind, count in body.get("generate", {}).items()},
        settings=records.parse_provider_settings(known_names.settings_types.get(provider), body),
        time_zone=common.time_zone,
        redial_after=common.redial_after,
        webhook_ca=body.get("webhook_ca", ""),
        document=body,
    )


def _build_credentials(rules: AccountRules, body: RawMapping) -> frozenset[str] | None:
    """The credentials of an account; None if it accepts any."""
    own = body.get(rules.credential)
    credentials = body.get("credentials", [own] if own else "any")
    return None if credentials == "any" else frozenset(map(str, credentials))


def _problems(known_names: KnownNames, provider: str, body: RawMapping) -> tuple[PathProblem, ...]:
    """Return at most `MAX_PROBLEMS`, and whether there are more: each takes time to word."""
    schema = schema_problems({"provider": provider, **body}, "account", MAX_PROBLEMS + 1)
    valid = without_problems(body, [path for path, _ in schema])
    further = account_problems(known_names, provider, valid)
    found = (*schema, *islice(further, MAX_PROBLEMS + 1 - len(schema)))
    more = ((), f"there are more problems: these are the first {MAX_PROBLEMS}")
    return found if len(found) <= MAX_PROBLEMS else (*found[:MAX_PROBLEMS], more)


def _timeline_problems(
    known_names: KnownNames, provider: str, body: RawMapping
) -> Iterator[PathProblem]:
    """Apply the changes one after another and yield the problems that each adds.

    A change with problems is left out before the next one is applied.
    """
    changes = tuple(valid_items(body, "timeline"))
    state = {key: value for key, value in body.items() if key not in TIMELINE_FIXED_KEYS}
    known = _problems(known_names, provider, state) if changes else ()
    for index, change in changes:
        set_path, patch = ("timeline", index, "set"), change["set"]
        fixed = [key for key in TIMELINE_FIXED_KEYS if key in patch]
        yield from (
            ((*set_path, KeySegment(key)), f"a timeline cannot change the {key}") for key in fixed
        )
        changed = merge_patch(
            state, {key: value for key, value in patch.items() if key not in TIMELINE_FIXED_KEYS}
        )
        added = tuple(
            problem for problem in _problems(known_names, provider, changed) if problem not in known
        )
        yield from (((*set_path, *path), message) for path, message in added)
        state = state if added else changed


def _build_retry(raw: RawMapping, vendor: Retry) -> Retry:
    """Build a retry policy; what it does not say is as the vendor has it."""
    return Retry(
        tuple(map(parse_milliseconds, raw["waits"])) if "waits" in raw else vendor.waits,
        frozenset(map(int, raw["satisfied_by"])) if "satisfied_by" in raw else vendor.satisfied_by,
    )
