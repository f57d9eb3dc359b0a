"""People made up with Faker from the seed: the same seed, the same people."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from mockserver.config.schema_checks import (
    KeySegment,
    PathProblem,
    format_unexpected_value,
    format_unknown_key,
    format_value,
)
from mockserver.core.account import Account, to_document
from mockserver.core.provider import BoundProvider, FakePerson
from mockserver.core.seeded import digest
from mockserver.core.suggestions import did_you_mean

if TYPE_CHECKING:
    from faker import Faker

DEFAULT_LOCALE: Final = "en_US"
MAX_RECORDS: Final = 10_000


def generate_problems(kinds: tuple[str, ...], body: Mapping[str, Any]) -> Iterator[PathProblem]:
    """What is wrong with the `generate` of an account whose provider makes up these kinds."""
    for kind, many in body.get("generate", {}).items():
        if kind == "locale":
            yield from _locale_problems(many)
        elif kind not in kinds:
            yield ("generate", KeySegment(kind)), format_unknown_key(kind, (*kinds, "locale"))
        elif not str(many).isdecimal() or int(many) > MAX_RECORDS or isinstance(many, bool):
            yield (
                ("generate", kind),
                format_unexpected_value(many, f"a whole number up to {MAX_RECORDS:,}"),
            )


def _locale_problems(locale: Any) -> Iterator[PathProblem]:
    from faker.config import AVAILABLE_LOCALES  # noqa: PLC0415 - 250 ms, and rarely wanted

    if locale not in AVAILABLE_LOCALES:
        hint = did_you_mean(str(locale), AVAILABLE_LOCALES) or "such as en_US"
        yield ("generate", "locale"), f"no locale is named {format_value(locale)}: {hint}"


def with_fake_records(
    providers: Mapping[str, BoundProvider], seed: str, account: Account
) -> Account:
    """The account with the records that it wants made up, which then stand in its document.

    A record that the file has itself stays as it is.
    """
    generators = providers[account.provider].provider.generators
    wanted = {kind: int(account.generate[kind]) for kind in generators if kind in account.generate}
    if not wanted:
        return account
    fake = _build_faker(account.generate.get("locale", DEFAULT_LOCALE), seed, account.name)
    document = {key: told for key, told in account.document.items() if key != "generate"}
    made = account._replace(generate={}, document=document)
    for kind, many in wanted.items():
        make = generators[kind]
        new = dict(make(_build_person(fake, nth), nth, made) for nth in range(many))
        both = {**new, **account.records.get(kind, {})}
        told = {name: to_document(record) for name, record in both.items()}
        records = {**made.records, kind: both}
        made = made._replace(records=records, document={**made.document, kind: told})
    return made


def _build_person(fake: "Faker", index: int) -> FakePerson:
    """The number in the address keeps two of one name apart."""
    first, last = fake.first_name(), fake.last_name()
    email = f"{first}.{last}.{index}@{fake.safe_domain_name()}".lower().replace(" ", "-")
    return FakePerson(first, last, email, f"+1{fake.numerify('%#%%%#####')}")


def _build_faker(locale: str, seed: str, account: str) -> "Faker":
    from faker import Faker  # noqa: PLC0415 - as above

    fake = Faker(locale)
    fake.seed_instance(int.from_bytes(digest(seed, "people", account)[:8]))
    return fake
