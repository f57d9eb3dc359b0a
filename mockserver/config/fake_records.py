"""Generate records of fake people with Faker; the same seed gives the same people."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from mockserver.config.schema_checks import (
    KeySegment,
    PathProblem,
    format_unexpected_value,
    format_unknown_key,
    format_value,
)
from mockserver.core.account import Account, to_document
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.fake_person import FakePerson
from mockserver.core.seeded import digest
from mockserver.core.suggestions import did_you_mean

if TYPE_CHECKING:
    from faker import Faker

DEFAULT_LOCALE: Final = "en_US"
MAX_RECORDS: Final = 10_000
MAX_CACHED_GROUPS: Final = 16
NO_FAKER: Final = (
    "people are made with Faker, which is not installed: pip install 'call-mockserver[people]'"
)


def generate_problems(kinds: tuple[str, ...], body: Mapping[str, Any]) -> Iterator[PathProblem]:
    """Yield the problems in the `generate` of an account whose provider generates `kinds`."""
    if body.get("generate") and find_spec("faker") is None:
        yield ("generate",), NO_FAKER
        return
    for kind, value in body.get("generate", {}).items():
        if kind == "locale":
            yield from _locale_problems(value)
        elif kind not in kinds:
            yield ("generate", KeySegment(kind)), format_unknown_key(kind, (*kinds, "locale"))
        elif not str(value).isdecimal() or int(value) > MAX_RECORDS or isinstance(value, bool):
            yield (
                ("generate", kind),
                format_unexpected_value(value, f"a whole number up to {MAX_RECORDS:,}"),
            )


def _locale_problems(locale: Any) -> Iterator[PathProblem]:
    from faker.config import AVAILABLE_LOCALES  # noqa: PLC0415 - takes 250 ms, rarely needed

    if locale not in AVAILABLE_LOCALES:
        hint = did_you_mean(str(locale), AVAILABLE_LOCALES) or "such as en_US"
        yield ("generate", "locale"), f"no locale is named {format_value(locale)}: {hint}"


def with_fake_records(
    providers: Mapping[str, BoundProvider], seed: str, account: Account
) -> Account:
    """Return the account with the records that its `generate` asks for, also in its document.

    Records from the file win over generated ones with the same identity.
    """
    generators = providers[account.provider].provider.generators
    counts = {kind: int(account.generate[kind]) for kind in generators if kind in account.generate}
    if not counts:
        return account
    locale = account.generate.get("locale", DEFAULT_LOCALE)
    people = _fake_people(locale, seed, account.name, tuple(counts.values()))
    document = {key: value for key, value in account.document.items() if key != "generate"}
    extended = account.replace(generate={}, document=document)
    for kind, group in zip(counts, people, strict=True):
        generate = generators[kind]
        new = dict(generate(person, index, extended) for index, person in enumerate(group))
        merged = {**new, **account.records.get(kind, {})}
        documents = {name: to_document(record) for name, record in merged.items()}
        records = {**extended.records, kind: merged}
        extended = extended.replace(
            records=records, document={**extended.document, kind: documents}
        )
    return extended


@lru_cache(maxsize=MAX_CACHED_GROUPS)
def _fake_people(
    locale: str, seed: str, account: str, counts: tuple[int, ...]
) -> tuple[tuple[FakePerson, ...], ...]:
    """Build a group of people for each count, all out of one sequence.

    Cached: a new sandbox, a reset and a dry run need the same people, and Faker is slow.
    """
    fake = _build_faker(locale, seed, account)
    return tuple(tuple(_build_person(fake, index) for index in range(count)) for count in counts)


def _build_person(fake: "Faker", index: int) -> FakePerson:
    """Build a person; `index` in the email address keeps two people of the same name apart."""
    first, last = fake.first_name(), fake.last_name()
    email = f"{first}.{last}.{index}@{fake.safe_domain_name()}".lower().replace(" ", "-")
    return FakePerson(first, last, email, f"+1{fake.numerify('%#%%%#####')}")


def _build_faker(locale: str, seed: str, account: str) -> "Faker":
    from faker import Faker  # noqa: PLC0415 - as above

    fake = Faker(locale)
    fake.seed_instance(int.from_bytes(digest(seed, "people", account)[:8]))
    return fake
