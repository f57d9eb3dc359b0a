"""Compute prices in USD: legs per step of time, synthesis per 100 characters, SMS per message."""

from decimal import ROUND_UP, Decimal
from typing import Final

from mockserver.core.account import Account, Charge
from mockserver.core.call import Call, Leg
from mockserver.core.time import MINUTE
from mockserver.providers.effebot.records import Tariff
from mockserver.providers.effebot.request import settings, synthesis_length

CENT: Final = Decimal("0.01")
CHARS_PER_UNIT: Final = 100


def price_per_step(leg: str, tariff: Tariff) -> Decimal:
    minute = tariff.minute if leg == "a" else tariff.manager_minute
    return minute * tariff.step / MINUTE


def leg_cost(leg: Leg, tariff: Tariff) -> Decimal:
    """The price of every step begun since the answer, rounded up to cents; 0 without an answer."""
    if leg.answered_at is None or leg.ended_at is None or not tariff.step:
        return Decimal(0)
    steps = -(-(leg.ended_at - leg.answered_at) // tariff.step)
    return _round_up_to_cents(price_per_step(leg.name, tariff) * steps)


def synthesis_cost(fields: object, tariff: Tariff) -> Decimal:
    length = synthesis_length(fields) if isinstance(fields, dict) else 0
    return _round_up_to_cents(tariff.synthesis_per_100_chars * -(-length // CHARS_PER_UNIT))


def build_charge(account: Account, amount: Decimal, reason: str, call: Call) -> Charge:
    """A charge for `call`, limited to the balance."""
    return Charge(account.key, affordable_amount(account, amount), reason, call.spec.id)


def build_synthesis_charge(account: Account, amount: Decimal) -> Charge:
    """A charge for the synthesis of an audio record, limited to the balance and without a call."""
    return Charge(account.key, affordable_amount(account, amount), "synthesis")


def affordable_amount(account: Account, amount: Decimal) -> Decimal:
    return amount if account.balance is None else max(min(amount, account.balance), Decimal(0))


def affordable_duration(account: Account, leg: str) -> int | None:
    """The milliseconds of a leg that the balance pays for; None if there is no limit."""
    tariff = settings(account).tariff
    price = price_per_step(leg, tariff)
    if account.balance is None or price <= 0:
        return None
    return int(max(account.balance, Decimal(0)) // price) * tariff.step


def _round_up_to_cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_UP)
