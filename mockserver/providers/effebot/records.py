"""The records of an Effebot account: phones, audio records, templates, block list, settings."""

from decimal import Decimal
from typing import Final, NamedTuple

from mockserver.core.account_values import (
    AccountRules,
    Addresses,
    Amount,
    Count,
    Identity,
    LanguageTag,
    PositiveDuration,
)
from mockserver.core.time import MINUTE, Duration

BILLING_STEP = PositiveDuration(Duration(MINUTE))
NO_PRICE = Amount(Decimal(0))


class Phone(NamedTuple):
    """A caller number, stored under its digits.

    `pin` confirms it. A `duty` number serves calls without a caller number of their own. A `system`
    number belongs to all accounts. `overall` says whether it is shared; without it, as `system`.
    """

    id: Count = Count(1)
    confirmed: bool = True
    pin: str = ""
    duty: bool = False
    system: bool = False
    overall: bool | None = None


class AudioRecord(NamedTuple):
    """An audio record, stored under its id.

    `length` is in ms, `created` in Unix seconds: the start of 2020 if an account has none. `file`
    is the digest of an upload; empty if the record is synthesized speech.
    """

    name: str
    text: str = ""
    length: Duration = Duration(5_000)
    moderated: bool = True
    moderator_comment: str = ""
    created: Count = Count(1_577_836_800)
    file: str = ""


class Template(NamedTuple):
    """A template of the account's section "API templates", stored under its id."""

    name: str
    text: str = ""
    moderated: bool = True


class BlockedPhone(NamedTuple):
    """A number that is not called anymore; `comment` says why."""

    comment: str = ""


class Tariff(NamedTuple):
    """Prices in USD; a leg is charged for each `step` (ms) that has begun."""

    minute: Amount = NO_PRICE
    manager_minute: Amount = NO_PRICE
    synthesis_per_100_chars: Amount = NO_PRICE
    sms: Amount = NO_PRICE
    step: PositiveDuration = BILLING_STEP


class Language(NamedTuple):
    """A language that an account can speak; without `id`, that is its place in the list, from 1."""

    code: LanguageTag
    name: str = ""
    id: Count | None = None


LANGUAGES: Final = (
    Language(LanguageTag("en-US"), "English (US)"),
    Language(LanguageTag("en-GB"), "English (UK)"),
    Language(LanguageTag("de-DE"), "Deutsch"),
    Language(LanguageTag("es-ES"), "Español"),
    Language(LanguageTag("fr-FR"), "Français"),
    Language(LanguageTag("ru-RU"), "Русский"),
)
"""Those of an account that lists none; the page names no language but en-US, so assumed."""


class Settings(NamedTuple):
    """`call_ids` are the ids of the first calls; later calls count on from the last of them.

    `forwarded_for` is sent as `X-Forwarded-For` with webhooks, for receivers that check the source
    address. With `moderation`, calls with synthesized speech are refused. `answer_wait` is how long
    (ms) a callee has after the prompt to answer, before the entry for silence is taken (assumed).
    """

    user_id: Count = Count(1)
    call_ids: tuple[Count, ...] = ()
    language: LanguageTag = LanguageTag("en-US")
    languages: tuple[Language, ...] = LANGUAGES
    tariff: Tariff = Tariff()
    forwarded_for: Addresses = Addresses("")
    moderation: bool = False
    answer_wait: Duration = Duration(3_000)


PHONE: Final = Identity("[0-9]{11}", "a telephone number of 11 digits")
ID: Final = Identity("[0-9]{1,15}", "an id of digits")


ACCOUNT_RULES: Final = AccountRules(
    reads_balance=True,
    identities={
        **dict.fromkeys(("phones", "blocked"), PHONE),
        **dict.fromkeys(("records", "templates"), ID),
    },
    unused={
        "time_zone": "it prints Unix seconds, and a match reads times of day in UTC",
        "redial_after": "it redials no call",
    },
)
