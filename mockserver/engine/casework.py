"""One request, from what was asked to what is on record of it."""

import json
from collections import deque
from collections.abc import Mapping
from itertools import count
from typing import NamedTuple

from mockserver.core.account import Account
from mockserver.core.call import Call, CallSpec, Event, Leg, recording_token
from mockserver.core.http import Request, Response
from mockserver.core.provider import (
    BoundProvider,
    Endpoint,
    EndpointResult,
    all_faults,
    endpoint_roles,
)
from mockserver.core.rulebook import RequestContext, Rule, evaluate, render_message
from mockserver.core.scenario import ApiBehavior, MatchContext
from mockserver.core.selection import Activation
from mockserver.engine.choosing import USUAL, Choice, spend, turn
from mockserver.engine.store import Exchange, Store

UNKNOWN = 404
NO_STATUS = 0
"""In place of a status where a story breaks the connection."""


class Asked(NamedTuple):
    """A request that found its operation; `stories` are those that its header names.

    `objection` is a fault that was found on the way already: a wrong method, or one that a story
    orders. `turn` is what a story says of the answer. `account` is whose request it is, where that
    does not have to be found out by its credential. `activations` are those that were on when it
    came in, None as long as it has not taken them. `depth` is how many webhooks to
    ourselves have led to it.
    """

    listing: BoundProvider
    endpoint: Endpoint
    request: Request
    stories: tuple[str, ...] = ()
    objection: Rule | None = None
    turn: ApiBehavior = USUAL
    account: Account | None = None
    activations: tuple[Activation, ...] | None = None
    seen: tuple[MatchContext, ...] | None = None
    depth: int = 0
    credential: str | None = None

    @property
    def choice(self) -> Choice:
        return Choice(self.stories, self.secret, self.activations or ())

    @property
    def secret(self) -> str:
        """Its credential, which is read once; empty if it has none."""
        if self.credential is not None:
            return self.credential
        return self.listing.provider.credential(self.request) or ""


def sights(store: Store, asked: Asked) -> tuple[MatchContext, ...]:
    """A request as stories see it: once for each call that it would place, but at least once."""
    if asked.seen is not None:
        return asked.seen
    provider = asked.listing.provider
    account = _owner(store, asked)
    name, operation = account.name if account else "", asked.endpoint.operation
    words, fields = endpoint_roles(provider, asked.endpoint), asked.request.fields
    secret, parties = asked.secret, asked.endpoint.called_numbers(asked.request) or ({},)
    seen = [
        MatchContext(provider.name, operation, name, secret, _sides(legs, words), fields)
        for legs in parties
    ]
    return tuple(seen)


def _sides(legs: Mapping[str, str], words: Mapping[str, str]) -> Mapping[str, str]:
    """Who is called, by the vendor's words as well."""
    return {**legs, **{words[leg]: legs[leg] for leg in words if leg in legs}}


def taken(store: Store, asked: Asked) -> Asked:
    """The request with the activations that are on; those that suit it have one request less."""
    if asked.activations is not None:
        return asked
    seen, activations = sights(store, asked), tuple(store.activations)
    if activations:
        spend(store, seen)
    return asked._replace(activations=activations, seen=seen, credential=asked.secret)


def consulted(store: Store, asked: Asked) -> Asked:
    """The request with what a story, if one suits, says of its answer."""
    asked = taken(store, asked)
    order, story = turn(store, asked.choice, sights(store, asked))
    if not story:
        return asked
    known = all_faults(asked.listing.provider) if order.fault else ()
    fault = next((one for one in known if one.name == order.fault), None)
    ordered = Rule(_always, fault) if fault else asked.objection
    named = asked.stories if story in asked.stories else (*asked.stories, story)
    return asked._replace(turn=order, objection=ordered, stories=named)


def opened(store: Store, asked: Asked, now: int) -> RequestContext:
    """All that the provider may look at before it answers."""
    provider, request = asked.listing.provider, asked.request
    account = _owner(store, asked)
    check = asked.listing.checks[asked.endpoint.operation]
    violations = () if request.body_error else check(request.fields)
    numbers, words = count(store.placed + 1), endpoint_roles(provider, asked.endpoint)

    def call(shape: str, legs: Mapping[str, str], at: int | None) -> Call:
        order = _order(store, asked, account, (now, shape, next(numbers)))
        sides = tuple([Leg(leg, words[leg], number) for leg, number in legs.items()])
        return Call(order, sides, now if at is None else at, events=(Event(now, "placed"),))

    crowd = account is not None and _crowded(store, account, now)
    return RequestContext(request, now, call, account, violations, crowd, store.view)


def answered(asked: Asked, case: RequestContext) -> tuple[EndpointResult, tuple[Rule, ...]]:
    """The rulebook's objection in the vendor's envelope, or the endpoint's answer."""
    if asked.turn.disconnect:
        return EndpointResult(Response(NO_STATUS)), ()
    objection = asked.objection
    broken = (objection,) if objection else evaluate(asked.endpoint.rules, case)
    if not broken:
        return asked.endpoint.respond(case), ()
    found = tuple(rule.fault for rule in broken)
    return EndpointResult(asked.listing.provider.refuse(found, case)), broken


def lost(store: Store, request: Request, now: int, why: str) -> Exchange:
    """A request for a path that nobody has, on record all the same."""
    name = f"r{store.requested + 1}"
    return Exchange(name, now, "", "", request, Response(UNKNOWN), None, why, ())


def recorded(
    store: Store,
    asked: Asked,
    case: RequestContext,
    outcome: EndpointResult,
    broken: tuple[Rule, ...],
) -> Exchange:
    """What the journal keeps of it."""
    return Exchange(
        id=f"r{store.requested + 1}",
        at=case.now,
        provider=asked.listing.provider.name,
        operation=asked.endpoint.operation,
        request=asked.request,
        reply=outcome.response,
        fault=broken[0].fault.name if broken else None,
        why=_why(broken[0], case) if broken else "",
        stories=asked.stories,
        calls=tuple([call.spec.id for call in outcome.effects.calls]),
        broken=broken,
        violations=case.violations,
        seen=sights(store, asked),
        activations=asked.activations or (),
    )


def _order(
    store: Store, asked: Asked, account: Account | None, what: tuple[int, str, int]
) -> CallSpec:
    """`what` is when in ms, in which shape, and the how manieth call of this sandbox."""
    provider, seed = asked.listing.provider, store.world.seed
    now, shape, number = what
    name = f"c{number}"
    media = f"{asked.request.origin}/_media/{store.name}"
    return CallSpec(
        id=name,
        vendor_id=provider.new_call_id(seed, number, asked.endpoint.operation),
        provider=provider.name,
        account=account.name if account else "",
        operation=asked.endpoint.operation,
        flow=shape,
        parameters=asked.request.fields,
        created_at=now,
        recording_url=f"{media}/{recording_token(seed, name)}.wav",
    )


def _owner(store: Store, asked: Asked) -> Account | None:
    return asked.account or store.account(asked.listing.provider.name, asked.secret)


def _always(_: RequestContext) -> bool:
    return True


def _crowded(store: Store, account: Account, now: int) -> bool:
    """Whether the account has had its requests already; this one counts, unless it is refused."""
    limits = account.limits
    if limits is None:
        return False
    recent = store.arrivals.setdefault((account.provider, account.name), deque())
    while recent and recent[0] <= now - limits.per:
        recent.popleft()
    if len(recent) >= limits.requests:
        return True
    recent.append(now)
    return False


def _why(rule: Rule, case: RequestContext) -> str:
    """The rule, its source, the field and the value received, in one line."""
    fault = rule.fault
    told = f"{fault.name} ({fault.evidence}): {render_message(fault, case)}"
    if case.request.body_error:
        return f"{told}; {case.request.body_error}"
    if not rule.field:
        return told
    wanted = next((one.expected for one in case.violations if one.field == rule.field), "")
    return f"{told}; {rule.field}: {_received(case, rule.field)}" + (
        f"; would pass: {wanted}" if wanted else ""
    )


def _received(case: RequestContext, field: str) -> str:
    if field not in case.fields:
        return "not sent"
    value = case.fields[field]
    shown = repr(value) if isinstance(value, str) else json.dumps(value, default=str)
    return f"received {shown:.80}"
