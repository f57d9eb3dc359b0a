"""The request pipeline: match, select a scenario, respond, and record the exchange."""

from collections.abc import Mapping
from itertools import count

from mockserver.core.account import Account
from mockserver.core.call import Call, CallSpec, Event, Leg, recording_token
from mockserver.core.http import Request, Response
from mockserver.core.journal import JournalEntry
from mockserver.core.provider import Effects, EndpointResult, all_faults, endpoint_roles
from mockserver.core.rulebook import RequestContext, Rule, evaluate
from mockserver.core.scenario import MatchContext
from mockserver.engine.effects import apply
from mockserver.engine.exchange import Exchange, IncomingRequest, describe_fault
from mockserver.engine.rate_limit import is_over_limit, record_request_time
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.scenario_selection import (
    advance_responses,
    decrement_activations,
    select_api_behavior,
)
from mockserver.engine.simulation import apply_or_reject, assign_resources

NOT_FOUND = 404
NO_STATUS = 0
"""The status of a response that is never sent because a scenario breaks the connection."""


def build_match_contexts(
    state: SandboxState, incoming: IncomingRequest
) -> tuple[MatchContext, ...]:
    """Build one match context per call that the request would place, but at least one."""
    if incoming.match_contexts is not None:
        return incoming.match_contexts
    provider = incoming.bound.provider
    account = _find_account(state, incoming)
    name, operation = account.name if account else "", incoming.endpoint.operation
    roles, fields = endpoint_roles(provider, incoming.endpoint), incoming.request.fields
    credential = incoming.credential_or_empty
    called_numbers = incoming.endpoint.called_numbers(incoming.request, account) or ({},)
    contexts = [
        MatchContext(
            provider.name,
            operation,
            name,
            credential,
            _numbers_by_leg_and_role(legs, roles),
            fields,
        )
        for legs in called_numbers
    ]
    return tuple(contexts)


def _numbers_by_leg_and_role(
    numbers: Mapping[str, str], roles: Mapping[str, str]
) -> Mapping[str, str]:
    """Add the vendor's roles to the leg names: every number under both keys."""
    return {**numbers, **{roles[leg]: numbers[leg] for leg in roles if leg in numbers}}


def reserve_activations(state: SandboxState, incoming: IncomingRequest) -> IncomingRequest:
    """Return the request with the activations in force; decrement those in `state` that match."""
    if incoming.activations is not None:
        return incoming
    contexts, activations = build_match_contexts(state, incoming), tuple(state.activations)
    if activations:
        decrement_activations(state, contexts)
    return incoming.replace(
        activations=activations, match_contexts=contexts, credential=incoming.credential_or_empty
    )


def apply_scenario(state: SandboxState, incoming: IncomingRequest) -> IncomingRequest:
    """Return the request with the API behavior and the fault of the selected scenario, if any.

    Reserves the activations and advances the scenario's list of responses.
    """
    incoming = reserve_activations(state, incoming)
    contexts = build_match_contexts(state, incoming)
    behavior, scenario = select_api_behavior(state, incoming.selection_input, contexts)
    if not scenario:
        return incoming
    advance_responses(state, scenario)
    faults = all_faults(incoming.bound.provider) if behavior.fault else ()
    fault = next((fault for fault in faults if fault.name == behavior.fault), None)
    rule = Rule(_always, fault) if fault else incoming.forced_rule
    names = incoming.scenario_names
    names = names if scenario in names else (*names, scenario)
    return incoming.replace(api_behavior=behavior, forced_rule=rule, scenario_names=names)


def build_context(state: SandboxState, incoming: IncomingRequest, now: int) -> RequestContext:
    """Build the request context. A query: `handle` counts the request against the rate limit."""
    provider, request = incoming.bound.provider, incoming.request
    account = _find_account(state, incoming)
    check = incoming.bound.checks[incoming.endpoint.operation]
    violations = () if request.body_error else check(request.fields)
    call_numbers, roles = count(state.call_count + 1), endpoint_roles(provider, incoming.endpoint)

    def new_call(flow: str, numbers: Mapping[str, str], at: int | None) -> Call:
        spec = _build_call_spec(state, incoming, account, (now, flow, next(call_numbers)))
        legs = tuple([Leg(leg, roles[leg], number) for leg, number in numbers.items()])
        return Call(spec, legs, now if at is None else at, events=(Event(now, "placed"),))

    limited = account is not None and is_over_limit(state, account, now)
    return RequestContext(request, now, new_call, account, violations, limited, state.read_model)


def respond(
    incoming: IncomingRequest, context: RequestContext
) -> tuple[EndpointResult, tuple[Rule, ...]]:
    """Refuse the request with the faults of the broken rules, or let the endpoint respond.

    Returns:
        The result and the broken rules, none if the endpoint has responded. Where a scenario
        breaks the connection, the response has `NO_STATUS`.
    """
    if incoming.api_behavior.disconnect:
        return EndpointResult(Response(NO_STATUS)), ()
    forced = incoming.forced_rule
    broken = (forced,) if forced else evaluate(incoming.endpoint.rules, context)
    if not broken:
        return incoming.endpoint.respond(context), ()
    faults = tuple(rule.fault for rule in broken)
    return EndpointResult(incoming.bound.provider.refuse(faults, context)), broken


def build_unknown_path_exchange(
    state: SandboxState, request: Request, now: int, explanation: str
) -> Exchange:
    """Build the exchange of a request to a path that no provider has: status 404."""
    request_id = f"r{state.request_count + 1}"
    return Exchange(request_id, now, "", "", request, Response(NOT_FOUND), None, explanation, ())


def build_exchange(
    state: SandboxState,
    incoming: IncomingRequest,
    context: RequestContext,
    result: EndpointResult,
    broken_rules: tuple[Rule, ...],
) -> Exchange:
    """Build the exchange that is stored and journaled for this request."""
    return Exchange(
        id=f"r{state.request_count + 1}",
        at=context.now,
        provider=incoming.bound.provider.name,
        operation=incoming.endpoint.operation,
        request=incoming.request,
        response=result.response,
        fault=broken_rules[0].fault.name if broken_rules else None,
        explanation=describe_fault(broken_rules[0], context) if broken_rules else "",
        scenario_names=incoming.scenario_names,
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
    """Build the spec of a new call.

    `placement` is (time in ms, call flow, sequence number of the call in its sandbox, from 1).
    """
    provider, seed = incoming.bound.provider, state.configuration.seed
    now, flow, number = placement
    call_id = f"c{number}"
    media_url = f"{incoming.request.origin}/_media/{state.name}"
    return CallSpec(
        id=call_id,
        vendor_id=provider.new_call_id(seed, number, incoming.endpoint.operation),
        provider=provider.name,
        account=account.name if account else "",
        operation=incoming.endpoint.operation,
        flow=flow,
        parameters=incoming.request.fields,
        created_at=now,
        recording_url=f"{media_url}/{recording_token(seed, call_id)}.wav",
        roles=endpoint_roles(provider, incoming.endpoint),
    )


def _find_account(state: SandboxState, incoming: IncomingRequest) -> Account | None:
    return incoming.account or state.find_account(
        incoming.bound.provider.name, incoming.credential_or_empty
    )


def _always(_: RequestContext) -> bool:
    return True


def handle(state: SandboxState, incoming: IncomingRequest, now: int) -> Exchange:
    """Respond as the vendor would, record the exchange and apply its effects.

    Events due by `now` (in ms) are applied before this returns: once a request has canceled a
    call, the next request sees the call canceled.
    """
    incoming = reserve_activations(state, incoming)
    context = build_context(state, incoming, now)
    result, broken = respond(incoming, context)
    exchange = build_exchange(state, incoming, context, result, broken)
    record_exchange(state, exchange)
    if context.account and not context.rate_limited:
        record_request_time(state, context.account, now)
    if incoming.webhook_depth:
        call_ids = (*exchange.call_ids, *(call_id for call_id, _ in result.effects.events))
        state.webhook_depths.update(dict.fromkeys(call_ids, incoming.webhook_depth))
    effects, due_events = _split_effects(result.effects, now)
    apply(state, effects, now, incoming.selection_input)
    for call_id, event in due_events:
        apply_or_reject(state, call_id, event, "")
    assign_resources(state, now)
    return exchange


def _split_effects(effects: Effects, now: int) -> tuple[Effects, list[tuple[str, Event]]]:
    """Split effects into (effects with the later events, (call ID, event) pairs due by `now`)."""
    if not effects.events:
        return effects, []
    later = tuple(entry for entry in effects.events if entry[1].at > now)
    return effects.replace(events=later), [entry for entry in effects.events if entry[1].at <= now]


def record_exchange(state: SandboxState, exchange: Exchange) -> None:
    """Store the exchange and journal it, whatever the response is."""
    state.request_count += 1
    state.record_origin(exchange.request.origin)
    state.exchanges.append(exchange)
    size = 2 * len(exchange.request.body)  # the raw body and the parsed one
    state.exchanges.add_weight(state.request_count, size)
    state.record(
        JournalEntry(exchange.at, "request", "".join(exchange.call_ids[:1]), exchange), size
    )
