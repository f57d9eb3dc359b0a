"""What an Effebot account keeps: numbers, audio records, templates, the block list, a tariff."""

from dataclasses import dataclass, field
from decimal import Decimal

from mockserver.core.time import MINUTE, Length

STEP = Length(MINUTE)


@dataclass(frozen=True, slots=True)
class Phone:
    """A caller number, by its digits; `pin` confirms it. A system number is everybody's."""

    id: int = 1
    confirmed: bool = True
    pin: str = ""
    duty: bool = False
    system: bool = False


@dataclass(frozen=True, slots=True)
class Clip:
    """An audio record, by its id. `file` is the digest of an upload, `length` how long it plays."""

    name: str
    text: str = ""
    length: Length = Length(5_000)  # noqa: RUF009 - an int
    moderated: bool = True
    moderator_comment: str = ""
    created: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """Of the account's section "API templates", by its id."""

    name: str
    text: str = ""
    moderated: bool = True


@dataclass(frozen=True, slots=True)
class Blocked:
    """A number that is not called any more, and why."""

    comment: str = ""


@dataclass(frozen=True, slots=True)
class Tariff:
    """Prices in USD; a leg is charged for each `step` that has begun."""

    minute: Decimal = Decimal(0)
    manager_minute: Decimal = Decimal(0)
    synthesis_per_100_chars: Decimal = Decimal(0)
    sms: Decimal = Decimal(0)
    step: Length = STEP


@dataclass(frozen=True, slots=True)
class Settings:
    """`call_ids` are the ids of the first calls; after them they count on.

    `forwarded_for` goes into `X-Forwarded-For` of webhooks, for receivers that look at the source.
    """

    user_id: int = 1
    call_ids: tuple[int, ...] = ()
    language: str = "en-US"
    tariff: Tariff = field(default_factory=Tariff)
    forwarded_for: str = ""
    moderation: bool = False
