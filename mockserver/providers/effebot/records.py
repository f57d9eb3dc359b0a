"""What an Effebot account keeps: numbers, audio records, templates, the block list, a tariff."""

from decimal import Decimal
from typing import NamedTuple

from mockserver.core.time import MINUTE, Duration

BILLING_STEP = Duration(MINUTE)


class Phone(NamedTuple):
    """A caller number, by its digits; `pin` confirms it. A system number is everybody's."""

    id: int = 1
    confirmed: bool = True
    pin: str = ""
    duty: bool = False
    system: bool = False


class AudioRecord(NamedTuple):
    """An audio record, by its id. `file` is the digest of an upload, `length` how long it plays."""

    name: str
    text: str = ""
    length: Duration = Duration(5_000)
    moderated: bool = True
    moderator_comment: str = ""
    created: int = 0
    file: str = ""


class Template(NamedTuple):
    """Of the account's section "API templates", by its id."""

    name: str
    text: str = ""
    moderated: bool = True


class BlockedPhone(NamedTuple):
    """A number that is not called any more, and why."""

    comment: str = ""


class Tariff(NamedTuple):
    """Prices in USD; a leg is charged for each `step` that has begun."""

    minute: Decimal = Decimal(0)
    manager_minute: Decimal = Decimal(0)
    synthesis_per_100_chars: Decimal = Decimal(0)
    sms: Decimal = Decimal(0)
    step: Duration = BILLING_STEP


class Settings(NamedTuple):
    """`call_ids` are the ids of the first calls; after them they count on.

    `forwarded_for` goes into `X-Forwarded-For` of webhooks, for receivers that look at the source.
    """

    user_id: int = 1
    call_ids: tuple[int, ...] = ()
    language: str = "en-US"
    tariff: Tariff = Tariff()
    forwarded_for: str = ""
    moderation: bool = False
