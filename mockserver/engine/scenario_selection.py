"""Match the planned calls of a request with the scenarios, and admit the request."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC

from mockserver.core.call import PlannedCall
from mockserver.core.http import Request
from mockserver.core.journal import JournalEntry
from mockserver.core.leg_names import flow_legs_by_name
from mockserver.core.provider import find_fault
from mockserver.core.resolution import WHOLE_BATCH, Draw, resolve
from mockserver.core.rulebook import RequestContext
from mockserver.core.scenario import MatchContext
from mockserver.core.selection import EXPLICIT_RANKS, candidates, select
from mockserver.engine.exchange import (
    CallMatch,
    Exchange,
    IncomingRequest,
    MatchedRequest,
    activation_ids,
)
from mockserver.engine.sandbox_state import SandboxState


def request_data(request: Request) -> dict[str, object]:
    """Return what the log of inputs keeps of a request: all that it is parsed from."""
    return {
        "method": request.method,
        "path": request.path,
        "origin": request.origin,
        "headers": request.headers,
        "query": request.query,
        "client": request.client,
        "body": request.body,
    }


def build_matches(
    state: SandboxState, incoming: IncomingRequest, context: RequestContext
) -> tuple[CallMatch, ...]:
    """Build a match for each planned call, or one without numbers if no call is planned."""
    scenarios, activations = state.configuration.scenarios, state.activations.in_force
    contexts = _build_match_contexts(incoming, context)
    default = scenarios.default_selection
    if default and not activations and not incoming.scenario_names:
        return tuple([CallMatch(each, default) for each in contexts])
    return tuple(
        [
            CallMatch(
                each,
                select(
                    scenarios, candidates(scenarios, incoming.scenario_names, activations, each)
                ),
            )
            for each in contexts
        ]
    )


def admit(state: SandboxState, matched: MatchedRequest) -> MatchedRequest:
    """Record the arrival of a request, and admit it.

    That reserves the selected activations, draws, and takes the next item of a list of responses.

    These are the only changes before the response. An item with a fault that the vendor lacks is
    not taken: it answers no request of this vendor.
    """
    data = {**request_data(matched.incoming.request), "depth": matched.incoming.webhook_depth}
    matched = matched.replace(number=state.inputs.record("arrival", matched.context.now, data))
    return matched if matched.is_plain else _reserve(state, matched)


def _reserve(state: SandboxState, matched: MatchedRequest) -> MatchedRequest:
    reserved: tuple[str, ...] = ()
    if state.activations.in_force:
        ids = (each for match in matched.matches for each in match.activation_ids)
        reserved = tuple(dict.fromkeys(ids))
        state.activations.reserve(reserved)
        matched = matched.replace(reserved=reserved)
    if any(match.selection.draws for match in matched.matches):
        matched = matched.replace(matches=_with_draws(state, matched.matches))
    selected = matched.api_selection
    if selected is None:
        return matched
    draw = api_draw(matched.matches)
    scenarios, seed = state.configuration.scenarios, state.configuration.seed
    author = resolve(scenarios, selected.scenario, seed, draw).api_author
    if author is None:
        return matched
    key = (selected.activation_id, author.name)
    position = state.activations.position(key)
    behavior = author.response_at(position)
    matched = matched.replace(api_author=author, api_position=position)
    if behavior.fault and not find_fault(matched.incoming.bound.provider, behavior.fault):
        return matched.replace(unknown_fault=behavior.fault)
    state.activations.take_position(key)
    return matched.replace(api=behavior, is_api_ordered=True)


def _with_draws(state: SandboxState, matches: tuple[CallMatch, ...]) -> tuple[CallMatch, ...]:
    number = state.activations.take_number(state.journal.request_count + 1)
    in_batch = len(matches) > 1
    return tuple(
        [match.replace(draw=Draw(number, index, in_batch)) for index, match in enumerate(matches)]
    )


def api_draw(matches: tuple[CallMatch, ...]) -> Draw:
    """Return the draw for the API's answer: that of the call, or one for the whole batch."""
    draw = matches[0].draw
    return draw.replace(item=WHOLE_BATCH, in_batch=False) if draw.in_batch else draw


def spent_activations(matched: MatchedRequest, placed: Iterable[int]) -> frozenset[str]:
    """Return the ids of the reserved activations that have changed the request.

    An activation has done so if its API behavior was applied, or if it decides the legs or the
    webhooks of a call that was placed; `placed` are the indexes of the matches of those calls.
    """
    selections = (matched.matches[index].selection for index in placed)
    of_calls = (activation_ids(selection.legs, selection.webhooks) for selection in selections)
    return frozenset(activation_ids(matched.applied_api)).union(*of_calls)


def spend(state: SandboxState, matched: MatchedRequest, exchange: Exchange) -> None:
    """Settle the reserved activations, and journal each that the request has used up."""
    spent = spent_activations(matched, exchange.placed_calls)
    for activation in state.activations.settle(matched.reserved, spent):
        used_up = {
            "activation": activation.id,
            "scenario": activation.scenario_name,
            "request": exchange.id,
        }
        state.journal.append(JournalEntry(exchange.at, "activation-used-up", "", used_up))


def give_back(state: SandboxState, matched: MatchedRequest) -> None:
    """Give back all reserved activations; those of an earlier epoch are gone.

    The item of a list of responses is not given back: a later request may have taken the next.
    """
    if matched.epoch == state.epoch:
        state.activations.settle(matched.reserved, ())


def give_up(state: SandboxState, matched: MatchedRequest, now: int) -> None:
    """Record that an admitted request ends without a response, and give back what it reserves."""
    if matched.epoch == state.epoch:
        state.inputs.record("no-response", now, matched.number)
    give_back(state, matched)


def scenario_names(matched: MatchedRequest, placed: Iterable[int]) -> tuple[str, ...]:
    """Return the scenarios that the request names, and those that were selected for it.

    These are the scenario of the API, and those that an explicit rank selected for the legs and the
    webhooks of the calls that were placed; `placed` are the indexes of their matches.
    """
    api = matched.applied_api
    selections = (matched.matches[index].selection for index in placed)
    explicit = (
        selected.scenario.name
        for selection in selections
        for selected in (selection.legs, selection.webhooks)
        if selected and selected.rank in EXPLICIT_RANKS
    )
    api_names = (api.scenario.name,) if api else ()
    return tuple(dict.fromkeys((*matched.incoming.scenario_names, *api_names, *explicit)))


def _build_match_contexts(
    incoming: IncomingRequest, context: RequestContext
) -> Iterator[MatchContext]:
    provider, fields = incoming.bound.provider, context.request.fields
    account_name = context.account.name if context.account else ""
    common = (provider.name, incoming.endpoint.operation, account_name, incoming.credential)
    zone = (context.account and context.account.time_zone) or UTC
    request = (incoming.request.headers, context.now, zone)
    if not context.planned_calls:
        yield MatchContext(*common, {}, fields, *request)
    roles = tuple((incoming.endpoint.roles or provider.roles).items())
    for planned in context.planned_calls:
        parameters = planned.parameters
        # an item of a batch is matched by the fields of the whole request, too
        merged = fields if parameters is fields else {**fields, **parameters}
        yield MatchContext(*common, _numbers_by_name(planned, roles), merged, *request)


def _numbers_by_name(planned: PlannedCall, roles: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Map each name of each leg to its number; empty for a leg whose number is not known yet."""
    legs = flow_legs_by_name(planned.flow, roles)
    return {name: planned.numbers.get(leg, "") for name, leg in legs.items()}
