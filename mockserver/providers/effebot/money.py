"""What things cost: legs by the step, synthesis by the hundred characters, SMS by the piece."""

from decimal import ROUND_UP, Decimal
from typing import Final

from mockserver.core.account import Account, Charge
from mockserver.core.call import Call, Leg
from mockserver.core.time import MINUTE
from mockserver.providers.effebot.reading import settings, synthesised
from mockserver.providers.effebot.records import Tariff

CENT: Final = Decimal("0.01")
HUNDRED: Final = 100


def per_step(leg: str, tariff: Tariff) -> Decimal:
    minute = tariff.minute if leg == "a" else tariff.manager_minute
    return minute * tariff.step / MINUTE


def of_leg(leg: Leg, tariff: Tariff) -> Decimal:
    """For each step that has begun since the answer; nothing for a leg that nobody answered."""
    if leg.answered_at is None or leg.ended_at is None or not tariff.step:
        return Decimal(0)
    steps = -(-(leg.ended_at - leg.answered_at) // tariff.step)
    return _cents(per_step(leg.name, tariff) * steps)


def of_synthesis(fields: object, tariff: Tariff) -> Decimal:
    many = synthesised(fields) if isinstance(fields, dict) else 0
    return _cents(tariff.synthesis_per_100_chars * -(-many // HUNDRED))


def charge(account: Account, amount: Decimal, reason: str, call: Call) -> Charge:
    """Never more than there is."""
    return Charge(account.key, affordable(account, amount), reason, call.spec.id)


def synthesis(account: Account, amount: Decimal) -> Charge:
    """For an audio record, of no call."""
    return Charge(account.key, affordable(account, amount), "synthesis")


def affordable(account: Account, amount: Decimal) -> Decimal:
    return amount if account.balance is None else max(min(amount, account.balance), Decimal(0))


def lasts(account: Account, leg: str) -> int | None:
    """How many ms of a leg the balance pays for; None if it has no end."""
    tariff = settings(account).tariff
    price = per_step(leg, tariff)
    if account.balance is None or price <= 0:
        return None
    return int(max(account.balance, Decimal(0)) // price) * tariff.step


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_UP)
