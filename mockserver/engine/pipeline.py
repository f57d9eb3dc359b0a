"""One request, from what was asked to what is on record of it."""

from collections import deque
from collections.abc import Mapping
from itertools import count

from mockserver.core.account import Account
from mockserver.core.call import Call, CallSpec, Event, Leg, recording_token
from mockserver.core.http import Request, Response
from mockserver.core.journal import JournalEntry
from mockserver.core.provider import (
    Effects,
    EndpointResult,
    all_faults,
    endpoint_roles,
)
from mockserver.core.rulebook import RequestContext, Rule, evaluate
from mockserver.core.scenario import MatchContext
from mockserver.engine.effects import apply
from mockserver.engine.exchange import (
    Exchange,
    IncomingRequest,
    describe_fault,
)
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.scenario_selection import consume_activations, select_api_behavior
from mockserver.engine.simulation import apply_or_reject, assign_resources

NOT_FOUND = 404
NO_STATUS = 0
"""In place of a status where a story breaks the connection."""


def build_match_contexts(
    state: SandboxState, incoming: IncomingRequest
) -> tuple[MatchContext, ...]:
    """A request as stories see it: once for each call that it would place, but at least once."""
    if incoming.match_contexts is not None:
        return incoming.match_contexts
    provider = incoming.bound.provider
    account = _find_account(state, incoming)
    name, operation = account.name if account else "", incoming.endpoint.operation
    words, fields = endpoint_roles(provider, incoming.endpoint), incoming.request.fields
    secret, parties = (
        incoming.credential_or_empty,
        incoming.endpoint.called_numbers(incoming.request) or ({},),
    )
    seen = [
        MatchContext(
            provider.name, operation, name, secret, _numbers_by_leg_and_role(legs, words), fields
        )
        for legs in parties
    ]
    return tuple(seen)


def _numbers_by_leg_and_role(
    legs: Mapping[str, str], roles_by_leg: Mapping[str, str]
) -> Mapping[str, str]:
    """Who is called, by the vendor's words as well."""
    return {**legs, **{roles_by_leg[leg]: legs[leg] for leg in roles_by_leg if leg in legs}}


def reserve_activations(state: SandboxState, incoming: IncomingRequest) -> IncomingRequest:
    """The request with the activations that are on; those that suit it have one request less."""
    if incoming.activations is not None:
        return incoming
    seen, activations = build_match_contexts(state, incoming), tuple(state.activations)
    if activations:
        consume_activations(state, seen)
    return incoming._replace(
        activations=activations, match_contexts=seen, credential=incoming.credential_or_empty
    )


def apply_scenario(state: SandboxState, incoming: IncomingRequest) -> IncomingRequest:
    """The request with what a story, if one suits, says of its answer."""
    incoming = reserve_activations(state, incoming)
    order, story = select_api_behavior(
        state, incoming.selection, build_match_contexts(state, incoming)
    )
    if not story:
        return incoming
    known = all_faults(incoming.bound.provider) if order.fault else ()
    fault = next((one for one in known if one.name == order.fault), None)
    ordered = Rule(_always, fault) if fault else incoming.forced_rule
    named = incoming.scenarios if story in incoming.scenarios else (*incoming.scenarios, story)
    return incoming._replace(api_behavior=order, forced_rule=ordered, scenarios=named)


def build_context(state: SandboxState, incoming: IncomingRequest, now: int) -> RequestContext:
    """All that the provider may look at before it answers."""
    provider, request = incoming.bound.provider, incoming.request
    account = _find_account(state, incoming)
    check = incoming.bound.checks[incoming.endpoint.operation]
    violations = () if request.body_error else check(request.fields)
    numbers, words = count(state.call_count + 1), endpoint_roles(provider, incoming.endpoint)

    def call(shape: str, legs: Mapping[str, str], at: int | None) -> Call:
        order = _build_call_spec(state, incoming, account, (now, shape, next(numbers)))
        sides = tuple([Leg(leg, words[leg], number) for leg, number in legs.items()])
        return Call(order, sides, now if at is None else at, events=(Event(now, "placed"),))

    crowd = account is not None and _check_rate_limit(state, account, now)
    return RequestContext(request, now, call, account, violations, crowd, state.read_model)


def respond(
    incoming: IncomingRequest, context: RequestContext
) -> tuple[EndpointResult, tuple[Rule, ...]]:
    """The rulebook's objection in the vendor's envelope, or the endpoint's answer."""
    if incoming.api_behavior.disconnect:
        return EndpointResult(Response(NO_STATUS)), ()
    objection = incoming.forced_rule
    broken = (objection,) if objection else evaluate(incoming.endpoint.rules, context)
    if not broken:
        return incoming.endpoint.respond(context), ()
    found = tuple(rule.fault for rule in broken)
    return EndpointResult(incoming.bound.provider.refuse(found, context)), broken


def build_unknown_path_exchange(
    state: SandboxState, request: Request, now: int, explanation: str
) -> Exchange:
    """A request for a path that nobody has, on record all the same."""
    name = f"r{state.request_count + 1}"
    return Exchange(name, now, "", "", request, Response(NOT_FOUND), None, explanation, ())


def build_exchange(
    state: SandboxState,
    incoming: IncomingRequest,
    context: RequestContext,
    result: EndpointResult,
    broken_rules: tuple[Rule, ...],
) -> Exchange:
    """What the journal keeps of it."""
    return Exchange(
        id=f"r{state.request_count + 1}",
        at=context.now,
        provider=incoming.bound.provider.name,
        operation=incoming.endpoint.operation,
        request=incoming.request,
        response=result.response,
        fault=broken_rules[0].fault.name if broken_rules else None,
        explanation=describe_fault(broken_rules[0], context) if broken_rules else "",
        scenarios=incoming.scenarios,
        call_ids=tuple([call.spec.id for call in result.effects.calls]),
        broken_rules=broken_rules,
        violations=context.violations,
        match_contexts=build_match_contexts(state, incoming),
        activations=incoming.activations or (),
    )


def _build_call_spec(
    state: SandboxState,
    incoming: IncomingRequest,
    account: Account | None,
    placement: tuple[int, str, int],
) -> CallSpec:
    """`what` is when in ms, in which shape, and the how manieth call of this sandbox."""
    provider, seed = incoming.bound.provider, state.configuration.seed
    now, shape, number = placement
    name = f"c{number}"
    media = f"{incoming.request.origin}/_media/{state.name}"
    return CallSpec(
        id=name,
        vendor_id=provider.new_call_id(seed, number, incoming.endpoint.operation),
        provider=provider.name,
        account=account.name if account else "",
        operation=incoming.endpoint.operation,
        flow=shape,
        parameters=incoming.request.fields,
        created_at=now,
        recording_url=f"{media}/{recording_token(seed, name)}.wav",
    )


def _find_account(state: SandboxState, incoming: IncomingRequest) -> Account | None:
    return incoming.account or state.find_account(
        incoming.bound.provider.name, incoming.credential_or_empty
    )


def _always(_: RequestContext) -> bool:
    return True


def _check_rate_limit(state: SandboxState, account: Account, now: int) -> bool:
    """Whether the account has had its requests already; this one counts, unless it is refused."""
    limits = account.limits
    if limits is None:
        return False
    recent = state.request_times.setdefault((account.provider, account.name), deque())
    while recent and recent[0] <= now - limits.per:
        recent.popleft()
    if len(recent) >= limits.requests:
        return True
    recent.append(now)
    return False


def handle(state: SandboxState, incoming: IncomingRequest, now: int) -> Exchange:
    """Answer on the vendor's behalf, and bring about what the answer promises.

    What it tells of now happens at once: a call that has been cancelled is, for the next who asks.
    """
    incoming = reserve_activations(state, incoming)
    case = build_context(state, incoming, now)
    outcome, broken = respond(incoming, case)
    exchange = build_exchange(state, incoming, case, outcome, broken)
    record_exchange(state, exchange)
    if incoming.webhook_depth:
        names = (*exchange.call_ids, *(name for name, _ in outcome.effects.events))
        state.webhook_depths.update(dict.fromkeys(names, incoming.webhook_depth))
    effects, at_once = _split_effects(outcome.effects, now)
    apply(state, effects, now, incoming.selection)
    for name, event in at_once:
        apply_or_reject(state, name, event, "")
    assign_resources(state, now)
    return exchange


def _split_effects(effects: Effects, now: int) -> tuple[Effects, list[tuple[str, Event]]]:
    """The effects without what they tell of now, and that."""
    if not effects.events:
        return effects, []
    later = tuple(told for told in effects.events if told[1].at > now)
    return effects._replace(events=later), [told for told in effects.events if told[1].at <= now]


def record_exchange(state: SandboxState, exchange: Exchange) -> None:
    """A request is on record, whatever it has got."""
    state.request_count += 1
    state.record_origin(exchange.request.origin)
    state.exchanges.append(exchange)
    size = 2 * len(exchange.request.body)  # as it came, and as it was read
    state.exchanges.add_weight(state.request_count, size)
    state.record(
        JournalEntry(exchange.at, "request", "".join(exchange.call_ids[:1]), exchange), size
    )
