"""One request, from what was asked to what is on record of it."""

from collections.abc import Mapping
from itertools import count
from typing import NamedTuple

from mockserver.core.account import Account
from mockserver.core.call import Call, Event, Leg, Order
from mockserver.core.http import Request
from mockserver.core.provider import Endpoint, Listing, Outcome
from mockserver.core.rules import Case, Rule, examine
from mockserver.engine.store import Exchange, Store


class Asked(NamedTuple):
    """A request that found its operation; `stories` are those that its header names.

    `objection` is a fault that was found on the way already, such as a wrong method.
    """

    listing: Listing
    endpoint: Endpoint
    request: Request
    stories: tuple[str, ...] = ()
    objection: Rule | None = None


def opened(store: Store, asked: Asked, now: int) -> Case:
    """All that the provider may look at before it answers."""
    provider = asked.listing.provider
    account = store.account(provider.name, provider.credential(asked.request))
    check = asked.listing.checks[asked.endpoint.operation]
    violations = () if asked.request.flaw else check(asked.request.fields)
    numbers = count(len(store.calls) + 1)

    def call(shape: str, legs: Mapping[str, str], at: int | None) -> Call:
        order = _order(asked, shape, (store.world.seed, next(numbers)), (account, now))
        sides = tuple(Leg(leg, provider.legs[leg], number) for leg, number in legs.items())
        return Call(order, sides, now if at is None else at, events=(Event(now, "placed"),))

    return Case(asked.request, now, call, account, violations)


def answered(asked: Asked, case: Case) -> tuple[Outcome, tuple[Rule, ...]]:
    """The rulebook's objection in the vendor's envelope, or the endpoint's answer."""
    objection = asked.objection
    broken = (objection,) if objection else examine(asked.endpoint.rules, case)
    if not broken:
        return asked.endpoint.answer(case), ()
    faults = tuple(rule.fault for rule in broken)
    return Outcome(asked.listing.provider.refuse(faults, case)), broken


def recorded(
    store: Store, asked: Asked, case: Case, outcome: Outcome, broken: tuple[Rule, ...]
) -> Exchange:
    """What the journal keeps of it."""
    return Exchange(
        id=f"r{store.requested + 1}",
        at=case.now,
        provider=asked.listing.provider.name,
        operation=asked.endpoint.operation,
        request=asked.request,
        reply=outcome.reply,
        fault=broken[0].fault.name if broken else None,
        why=_why(broken[0], case) if broken else "",
        stories=asked.stories,
        calls=tuple(call.order.id for call in outcome.effects.place),
    )


def _order(
    asked: Asked, shape: str, mint: tuple[str, int], caller: tuple[Account | None, int]
) -> Order:
    seed, number = mint
    account, now = caller
    provider = asked.listing.provider
    return Order(
        id=f"c{number}",
        vendor_id=provider.new_id(seed, number),
        provider=provider.name,
        account=account.name if account else "",
        operation=asked.endpoint.operation,
        shape=shape,
        wanted=asked.request.fields,
        created_at=now,
    )


def _why(rule: Rule, case: Case) -> str:
    """The rule, its source, the field and the value received, in one line."""
    fault = rule.fault
    told = f"{fault.name} ({fault.source}): {fault.message}"
    if case.request.flaw:
        return f"{told}; {case.request.flaw}"
    if not rule.field:
        return told
    wanted = next((one.wanted for one in case.violations if one.field == rule.field), "")
    return f"{told}; {rule.field}: {_received(case, rule.field)}" + (
        f"; would pass: {wanted}" if wanted else ""
    )


def _received(case: Case, field: str) -> str:
    if field not in case.fields:
        return "not sent"
    return f"received {case.fields[field]!r:.80}"
