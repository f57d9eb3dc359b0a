"""An account as it stands in a file or in a control request, read into its typed value."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from mockserver.config import fake_records, records
from mockserver.config.behaviors import parse_milliseconds
from mockserver.config.known_names import KnownNames
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
)
"""What every provider's account may have; beside them stand the provider's own records."""

TIMELINE_FIXED_KEYS: Final = ("provider", "timeline")
"""What a timeline cannot change."""


def parse_account(
    known_names: KnownNames, name: str, provider: str, body: RawMapping
) -> tuple[Account | None, tuple[PathProblem, ...]]:
    """The account, or else everything that is wrong with it."""
    found = _problems(known_names, provider, body)
    return (None, found) if found else (build_account(known_names, name, provider, body), ())


def account_problems(
    known_names: KnownNames, provider: str, body: RawMapping
) -> Iterator[PathProblem]:
    """What the form alone cannot tell."""
    own = known_names.settings_types.get(provider)
    made_up = known_names.generated_kinds.get(provider, ())
    generate = ("generate",) if made_up else ()
    known = (
        *ACCOUNT_KEYS,
        *generate,
        *known_names.record_types[provider],
        *records.field_types(own),
    )
    for key in body:
        if key not in known:
            yield (
                (KeySegment(key),),
                format_unknown_key(key, known, f" of an account of {provider}"),
            )
    for index, quirk in valid_items(body, "quirks"):
        what = f"quirk of {provider}"
        yield from unknown_name_problems(
            what, ("quirks", index), quirk, known_names.quirks[provider]
        )
    yield from fake_records.generate_problems(made_up, body if made_up else {})
    yield from records.settings_problems(own, body)
    for kind, record in known_names.record_types[provider].items():
        for path, message in records.record_problems(record, body.get(kind, {})):
            yield (kind, *path), message
    yield from _timeline_problems(known_names, provider, body)


def build_account(known_names: KnownNames, name: str, provider: str, body: RawMapping) -> Account:
    """The account of a body in which nothing is wrong."""
    credentials, limits = body.get("credentials", "any"), body.get("limits")
    kinds = known_names.record_types[provider].items()
    return Account(
        name=name,
        provider=provider,
        credentials=None if credentials == "any" else frozenset(map(str, credentials)),
        numbers=frozenset(map(str, body["numbers"])) if "numbers" in body else None,
        webhooks=body.get("webhooks", {}),
        retry=_build_retry(body["retry"]) if "retry" in body else None,
        limits=Limits(int(limits["requests"]), parse_milliseconds(limits["per"]))
        if limits
        else None,
        balance=Decimal(str(body["balance"])) if "balance" in body else None,
        quirks=frozenset(body.get("quirks", ())),
        records={kind: records.parse_records(record, body.get(kind, {})) for kind, record in kinds},
        timeline=tuple(
            (parse_milliseconds(one["at"]), one["set"]) for one in body.get("timeline", ())
        ),
        generate={kind: str(many) for kind, many in body.get("generate", {}).items()},
        settings=records.parse_provider_settings(known_names.settings_types.get(provider), body),
        document=body,
    )


def _problems(known_names: KnownNames, provider: str, body: RawMapping) -> tuple[PathProblem, ...]:
    form = schema_problems({"provider": provider, **body}, "account")
    rest = without_problems(body, [path for path, _ in form])
    return (*form, *account_problems(known_names, provider, rest))


def _timeline_problems(
    known_names: KnownNames, provider: str, body: RawMapping
) -> Iterator[PathProblem]:
    """Each change is tried on what the account is by then."""
    changes = tuple(valid_items(body, "timeline"))
    now = {key: value for key, value in body.items() if key not in TIMELINE_FIXED_KEYS}
    known = _problems(known_names, provider, now) if changes else ()
    for index, change in changes:
        where, patch = ("timeline", index, "set"), change["set"]
        fixed = [key for key in TIMELINE_FIXED_KEYS if key in patch]
        yield from (
            ((*where, KeySegment(key)), f"a timeline cannot change the {key}") for key in fixed
        )
        then = merge_patch(
            now, {key: value for key, value in patch.items() if key not in TIMELINE_FIXED_KEYS}
        )
        wrong = tuple(flaw for flaw in _problems(known_names, provider, then) if flaw not in known)
        yield from (((*where, *path), message) for path, message in wrong)
        now = now if wrong else then


def _build_retry(raw: RawMapping) -> Retry:
    waits = tuple(parse_milliseconds(wait) for wait in raw.get("waits", ()))
    statuses = frozenset(int(status) for status in raw.get("satisfied_by", ()))
    return Retry(waits, statuses) if statuses else Retry(waits)
