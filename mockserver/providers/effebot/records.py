"""The records of an Effebot account: phones, audio records, templates, block list, settings."""

from decimal import Decimal
from typing import NamedTuple

from mockserver.core.time import MINUTE, Duration

BILLING_STEP = Duration(MINUTE)


class Phone(NamedTuple):
    """A caller number, stored under its digits.

    `pin` confirms it. A `duty` number serves calls without a caller number of their own. A `system`
    number belongs to all accounts.
    """

    id: int = 1
    confirmed: bool = True
    pin: str = ""
    duty: bool = False
    system: bool = False


class AudioRecord(NamedTuple):
    """An audio record, stored under its id.

    `length` is in ms, `created` in Unix seconds. `file` is the digest of an upload; empty if the
    record is synthesized speech.
    """

    name: str
    text: str = ""
    length: Duration = Duration(5_000)
    moderated: bool = True
    moderator_comment: str = ""
    created: int = 0
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

    minute: Decimal = Decimal(0)
    manager_minute: Decimal = Decimal(0)
    synthesis_per_100_chars: Decimal = Decimal(0)
    sms: Decimal = Decimal(0)
    step: Duration = BILLING_STEP


class Settings(NamedTuple):
    """`call_ids` are the ids of the first calls; later calls count on from the last of them.

    `forwarded_for` is sent as `X-Forwarded-For` with webhooks, for receivers that check the source
    address. With `moderation`, calls with synthesized speech are refused.
    """

    user_id: int = 1
    call_ids: tuple[int, ...] = ()
    language: str = "en-US"
    tariff: Tariff = Tariff()
    forwarded_for: str = ""
    moderation: bool = False
