"""The request pipeline: match, admit, respond, and record the exchange."""

from itertools import count

from mockserver.core.bound_provider import UNDECIDED
from mockserver.core.call import Call, CallSpec, Event, Leg, PlannedCall
from mockserver.core.http import Request
from mockserver.core.journal import JournalEntry
from mockserver.core.provider import EndpointResult
from mockserver.core.rulebook import RequestContext, Rule, Violation, evaluate
from mockserver.core.seeded import recording_token
from mockserver.engine.effects import apply, split_effects
from mockserver.engine.exchange import Exchange, IncomingRequest, MatchedRequest
from mockserver.engine.failures import fail_request
from mockserver.engine.ignored_words import ignored_by_request
from mockserver.engine.ordered_responses import ordered_fault, ordered_response
from mockserver.engine.request_origin import keep_origin
from mockserver.engine.response_reasons import NO_REASONS, find_reasons
from mockserver.engine.retry_after import add_retry_after
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.scenario_selection import (
    admit,
    build_matches,
    give_back,
    scenario_names,
    spend,
)
from mockserver.engine.simulation import apply_or_reject, assign_resources


def match_request(state: SandboxState, incoming: IncomingRequest, now: int) -> MatchedRequest:
    """Build the context of a request and the match of each planned call. A query: see `admit`."""
    context = build_context(state, incoming, now)
    matches = build_matches(state, incoming, context)
    scenarios, selection = state.configuration.scenarios, matches[0].selection
    is_plain = selection is scenarios.default_selection and not (selection.api or selection.draws)
    known, epoch = state.activations.known, state.epoch
    return MatchedRequest(
        incoming, context, matches, epoch, scenarios, is_plain=is_plain, activations=known
    )


def build_context(
    state: SandboxState,
    incoming: IncomingRequest,
    now: int,
    planned_calls: tuple[PlannedCall, ...] | None = None,
) -> RequestContext:
    """Build the request context; `planned_calls` are those of an earlier context of the request."""
    request, operation = incoming.request, incoming.endpoint.operation
    account = incoming.account or state.accounts.find(
        incoming.bound.provider.name, incoming.credential
    )
    limited = (
        account is not None
        and account.limits is not None
        and state.counters.is_over_limit(account, now)
    )
    violations = _find_violations(incoming, request)
    context = RequestContext(
        request, now, operation, account, violations, limited, state.read_model
    )
    planned = incoming.endpoint.planned_calls(context) if planned_calls is None else planned_calls
    if not planned:
        return context
    ordinals = count(1)

    def place(index: int) -> Call:
        number = state.calls.count + next(ordinals)
        return _build_call(state, incoming, context, (planned[index], index, number))

    return context.replace(planned_calls=planned, place=place)


def _find_violations(incoming: IncomingRequest, request: Request) -> tuple[Violation, ...]:
    """Check the fields: sound ones are accepted at once, all others are checked in detail."""
    if request.body_error:
        return ()
    operation = incoming.endpoint.operation
    try:
        is_sound = incoming.bound.acceptor(operation)(request.fields)
    except UNDECIDED:
        is_sound = False
    return () if is_sound else incoming.bound.checks[operation](request.fields)


def respond(state: SandboxState, matched: MatchedRequest, now: int) -> Exchange:
    """Respond as the vendor would, record the exchange and apply its effects.

    Events due by `now` (in ms) are applied before this returns: once a request has canceled a
    call, the next request sees the call canceled. Nothing is stored before the whole result
    exists; if there is an error, the reserved activations are given back. An error while it is
    stored ends the calls: see `fail_request`. The request was admitted since the last reset.
    """
    context = matched.context
    try:
        if matched.api.delay or context.now != now or not _is_account_current(state, context):
            context = build_context(state, matched.incoming, now, context.planned_calls)
        result, broken = _compute_result(matched, context)
        if context.rate_limited:
            result = result.replace(response=add_retry_after(state, context, result.response))
        exchange = _build_exchange(state, matched, context, result, broken)
    except Exception:
        give_back(state, matched)
        state.inputs.record_response(matched.number, now, (0, state.journal.entry_count))
        raise
    state.journal.record_exchange(exchange)
    status = 0
    try:
        _store_result(state, matched, context, (result, exchange))
        status = exchange.response.status
    except Exception as error:
        give_back(state, matched)
        raise fail_request(state, exchange, result.effects, context.account, error) from error
    finally:
        state.drop_stale_items()
        state.inputs.record_response(matched.number, now, (status, state.journal.entry_count))
    return exchange


def handle(state: SandboxState, incoming: IncomingRequest, now: int) -> Exchange:
    """Match a request, admit it and respond to it at once."""
    return respond(state, admit(state, match_request(state, incoming, now)), now)


def _is_account_current(state: SandboxState, context: RequestContext) -> bool:
    """Return False if an event has changed the account since the request was matched."""
    account = context.account
    return account is None or state.accounts.by_key.get((account.provider, account.name)) is account


def _compute_result(
    matched: MatchedRequest, context: RequestContext
) -> tuple[EndpointResult, tuple[Rule, ...]]:
    """Refuse the request with the faults of the broken rules, or let the endpoint respond.

    Returns:
        The result and the broken rules, none if the endpoint has responded or a scenario has
        ordered the response. Where it breaks the connection, this has `NO_STATUS`.
    """
    incoming = matched.incoming
    ordered = None if matched.is_plain else ordered_response(matched)
    if ordered:
        return EndpointResult(ordered), ()
    forced = (matched.api.fault and ordered_fault(matched)) or incoming.wrong_method
    broken = (forced,) if forced else evaluate(incoming.endpoint.rules, context)
    if not broken:
        return incoming.endpoint.respond(context), ()
    faults = tuple(rule.fault for rule in broken)
    return EndpointResult(incoming.bound.provider.refuse(faults, context)), broken


def _store_result(
    state: SandboxState,
    matched: MatchedRequest,
    context: RequestContext,
    outcome: tuple[EndpointResult, Exchange],
) -> None:
    (result, exchange), now = outcome, context.now
    if context.account and context.account.limits and not context.rate_limited:
        state.counters.record_request(context.account, now)
    if (depth := matched.incoming.webhook_depth) or state.configuration.trace_webhooks:
        keep_origin(state, exchange, depth, [call_id for call_id, _ in result.effects.events])
    effects, due_events = split_effects(result.effects, now)
    apply(state, effects, now, matched.matches)
    for call_id, event in due_events:
        apply_or_reject(state, call_id, event, "")
    if state.calls.resource_queue:
        assign_resources(state, now)
    if matched.reserved:
        spend(state, matched, exchange)
    for ignored in exchange.ignored:
        state.journal.append(JournalEntry(exchange.at, "ignored", ignored.call_id, ignored))


def _build_exchange(
    state: SandboxState,
    matched: MatchedRequest,
    context: RequestContext,
    result: EndpointResult,
    broken_rules: tuple[Rule, ...],
) -> Exchange:
    """Build the exchange that is stored and journaled for this request."""
    calls = result.effects.calls
    placed = {
        call.spec.match_index: call.spec.id
        for call in calls
        if call.spec.id not in state.calls.by_id  # others are only moved
    }
    request_id = state.journal.next_request_id
    is_special = broken_rules or result.refused_items or matched.is_api_ordered
    reasons = find_reasons(matched, context, result, broken_rules) if is_special else NO_REASONS
    fits_all = matched.is_plain and matched.matches[0].selection.fits_all
    return Exchange(
        id=request_id,
        at=context.now,
        provider=matched.incoming.bound.provider.name,
        operation=context.operation,
        request=context.request,
        response=result.response,
        fault=broken_rules[0].fault.name if broken_rules else None,
        explanation=reasons.explanation,
        scenario_names=() if matched.is_plain else scenario_names(matched, placed),
        call_ids=tuple([call.spec.id for call in calls]),
        broken_rules=reasons.broken_rules,
        findings=reasons.findings,
        matches=matched.matches,
        scenarios=matched.scenarios,
        placed_calls=placed,
        ordered_by=reasons.ordered_by,
        ordered=reasons.ordered,
        ignored=() if fits_all else ignored_by_request(state, matched, request_id, result),
        activations=matched.activations,
    )


def _build_call(
    state: SandboxState,
    incoming: IncomingRequest,
    context: RequestContext,
    placement: tuple[PlannedCall, int, int],
) -> Call:
    """Build a planned call.

    `placement` is (planned call, its index, number of the call in its sandbox, from 1).
    """
    planned, index, number = placement
    provider, now, call_id = incoming.bound.provider, context.now, f"c{number}"
    roles = incoming.endpoint.roles or provider.roles
    media_url = f"{context.request.origin}/_media/{state.name}"
    spec = CallSpec(
        id=call_id,
        vendor_id=provider.new_call_id(context, number),
        provider=provider.name,
        account=context.account.name if context.account else "",
        operation=context.operation,
        flow=planned.flow,
        parameters=planned.parameters,
        created_at=now,
        recording_url=f"{media_url}/{recording_token(context.read_model.seed, call_id)}.wav",
        roles=roles,
        match_index=index,
    )
    legs = tuple([Leg(leg, roles[leg], text) for leg, text in planned.numbers.items()])
    starts_at = now if planned.starts_at is None else planned.starts_at
    return Call(spec, legs, starts_at, events=(Event(now, "placed"),))
