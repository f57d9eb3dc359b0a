"""Finds the words of scenarios that cannot apply to a request, its calls or their webhooks."""

from collections.abc import Iterator

from mockserver.core.call import Call
from mockserver.core.journal import Ignored, JournalEntry
from mockserver.core.leg_names import legs_by_name
from mockserver.core.provider import Endpoint, EndpointResult, Provider
from mockserver.core.resolution import ResolvedScenario, resolve
from mockserver.core.scenario import Scenario
from mockserver.core.selection import EXPLICIT_RANKS, SelectedScenario
from mockserver.core.webhook import Delivery
from mockserver.engine.call_scenarios import attempt_indexes, resolve_for_attempt
from mockserver.engine.exchange import CallMatch, Exchange, IncomingRequest, MatchedRequest
from mockserver.engine.sandbox_state import SandboxState

FIRST_ERROR = 400
"""The first status of HTTP that says that a request has failed."""

ANSWERS = ("answered", "machine", "person")
"""The outcomes of a leg that answers, or may do so."""

FIELDS_BY_KEY = {
    "reorder": "reorder_calls",
    "before_reply": "before_reply",
    "attempts": "attempts",
}
"""Key of a kind of webhook that may be ignored -> its field of `DeliveryBehavior`."""


def ignored_by_request(
    state: SandboxState, matched: MatchedRequest, request_id: str, result: EndpointResult
) -> tuple[Ignored, ...]:
    """Return what cannot apply to the request, or to the new calls that it places."""
    provider, calls = matched.incoming.bound.provider, result.effects.calls
    found = [
        ignored.replace(call_id=call.spec.id)
        for call in calls
        if call.spec.id not in state.calls.by_id
        and not _fits(match := matched.matches[call.spec.match_index], provider)
        for ignored in _ignored_by_call(state, call, matched.incoming, match)
    ]
    api, fault = matched.api_selection, matched.unknown_fault
    if api and fault:
        reason, what = f"{provider.name} has no fault {fault} to refuse with", f"refuse: {fault}"
        found.append(Ignored(matched.fault_author, what, reason, strict=_is_asked_for(api)))
    is_silent = not (matched.context.planned_calls or calls or matched.applied_api)
    if is_silent and result.response.status < FIRST_ERROR:
        found += _ignored_without_call(matched)
    return tuple([ignored.replace(request_id=request_id) for ignored in found])


def _fits(match: CallMatch, provider: Provider) -> bool:
    """Whether nothing that was selected can fail to apply to a call of the provider."""
    selection = match.selection
    return selection.fits_all and (selection.webhooks is None or bool(provider.webhooks))


def _ignored_without_call(matched: MatchedRequest) -> Iterator[Ignored]:
    """Yield what the header asks of the calls of a successful request that plans none.

    An activation or a `match` stays in force for later requests: it is not meant for this one. It
    is not strict, as a client may send the header with every request.
    """
    selection, operation = matched.matches[0].selection, matched.context.operation
    for what, selected in (("legs", selection.legs), ("webhooks", selection.webhooks)):
        if selected and selected.rank == "header":
            reason = f"{operation} has placed no call here"
            yield Ignored(selected.scenario.name, what, reason, strict=False)


def record_missing_legs(state: SandboxState, call: Call, now: int) -> None:
    """Journal the legs that the current attempt does not have, each once for a call."""
    selected = state.calls.progress[call.spec.id].leg_scenario
    indexes = call.redial_index, call.number_index
    resolved = resolve_for_attempt(state, call, selected.scenario, indexes)
    for ignored in _missing_legs(resolved, call, selected):
        exchange = _placing_exchange(state, call.spec.id)
        whole = ignored.replace(call_id=call.spec.id, request_id=exchange.id if exchange else "")
        if all(entry.payload != whole for entry in state.journal.entries):
            state.journal.append(JournalEntry(now, "ignored", call.spec.id, whole))


def record_ignored_key(
    state: SandboxState, delivery: Delivery, key: str, reason: str, now: int
) -> None:
    """Journal that a key of the scenario could not do to a delivery what it says.

    A planned attempt that the success of an earlier one or a refused target prevents is overtaken:
    on another day it could have been made.
    """
    is_overtaken = key == "attempts" and delivery.state != "failed"
    webhook, exchange = delivery.webhook, _placing_exchange(state, delivery.webhook.call_id)
    name, kind = _author(state, delivery, key)
    index = state.calls.by_id[webhook.call_id].spec.match_index
    selected = exchange.matches[index].selection.webhooks if exchange else None
    ignored = Ignored(
        name,
        f"webhooks.{kind}.{key}",
        reason,
        exchange.id if exchange else "",
        webhook.call_id,
        delivery.id,
        not is_overtaken and (selected is None or _is_asked_for(selected)),
    )
    state.journal.append(JournalEntry(now, "ignored", webhook.call_id, ignored))


def _ignored_by_call(
    state: SandboxState, call: Call, incoming: IncomingRequest, match: CallMatch
) -> Iterator[Ignored]:
    scenarios, seed = state.configuration.scenarios, state.configuration.seed
    legs, webhooks = match.selection.legs, match.selection.webhooks
    if legs:
        resolved = resolve(scenarios, legs.scenario, seed, match.draw)
        yield from _missing_legs(resolved, call, legs)
        silent_leg = _silent_leg(resolved, call)
        for part in resolved.parts:
            for key, reason in _unread_lists(part, incoming.endpoint, silent_leg):
                yield Ignored(part.name, key, reason, strict=_is_asked_for(legs))
    if webhooks:
        for part in resolve(scenarios, webhooks.scenario, seed, match.draw).parts:
            for kind in part.webhooks:
                for what, reason in _missing_webhooks(part, kind, incoming):
                    yield Ignored(part.name, what, reason, strict=_is_asked_for(webhooks))


def _silent_leg(resolved: ResolvedScenario, call: Call) -> str:
    """Name the first leg that does not answer, as the scenario says; empty if there is none."""
    names = legs_by_name(call)
    behaviors = ((leg.name, resolved.leg_behavior(leg.name, names)) for leg in call.legs)
    silent = (name for name, each in behaviors if each and each.outcome not in ANSWERS)
    return next(silent, "")


def _unread_lists(part: Scenario, endpoint: Endpoint, silent_leg: str) -> Iterator[tuple[str, str]]:
    """Yield (key, reason) of a list of which only the first item can be reached."""
    if len(part.attempts) > 1 and not endpoint.calls.redials:
        yield "attempts", f"{endpoint.operation} dials no call again"
    if len(part.numbers) > 1 and not endpoint.calls.alternates:
        yield "numbers", f"{endpoint.operation} tries one number only"
    elif len(part.numbers) > 1 and endpoint.calls.hands_over and silent_leg:
        reason = f"{endpoint.operation} tries another agent only after a transfer"
        yield "numbers", f"{reason}, and leg {silent_leg} does not answer"


def _missing_webhooks(
    part: Scenario, kind: str, incoming: IncomingRequest
) -> Iterator[tuple[str, str]]:
    """Yield (what, reason) of words about webhooks that the vendor or the operation lacks."""
    provider, calls = incoming.bound.provider, incoming.endpoint.calls
    if kind != "any" and kind not in provider.webhooks:
        yield f"webhooks.{kind}", f"{provider.name} sends no webhook {kind}"
    elif not provider.webhooks:
        yield f"webhooks.{kind}", f"{provider.name} sends no webhooks"
    elif part.webhooks[kind].reorder:
        meant = set(calls.webhooks) - part.webhooks.keys() if kind == "any" else {kind}
        if meant <= set(calls.final_webhooks):
            kinds = " or ".join(sorted(meant)) or "them"
            yield f"webhooks.{kind}.reorder", f"no other webhook of the call comes after {kinds}"


def _missing_legs(
    resolved: ResolvedScenario, call: Call, selected: SelectedScenario
) -> Iterator[Ignored]:
    """Yield the legs that the call does not have, each with the outermost part that names it."""
    known = legs_by_name(call)
    named = {leg: part.name for part in resolved.parts[::-1] for leg in part.legs}
    for leg, name in named.items():
        if leg not in known:
            reason = f"{call.spec.operation} has no leg {leg}, only {', '.join(sorted(known))}"
            yield Ignored(name, f"legs.{leg}", reason, strict=_is_asked_for(selected))


def _is_asked_for(selected: SelectedScenario) -> bool:
    """Whether somebody chose the scenario for such requests; the default speaks to all others."""
    return selected.rank in EXPLICIT_RANKS


def _placing_exchange(state: SandboxState, call_id: str) -> Exchange | None:
    """Return the exchange that placed the call, if it is still kept."""
    exchanges = reversed(state.journal.exchanges)
    return next((each for each in exchanges if call_id in each.placed_calls.values()), None)


def _author(state: SandboxState, delivery: Delivery, key: str) -> tuple[str, str]:
    """Return (name of the scenario that has the key, the kind under which it stands there).

    The newest attempt of the call comes first.
    """
    webhook = delivery.webhook
    call = state.calls.by_id[webhook.call_id]
    scenario = state.calls.progress[webhook.call_id].webhook_scenario
    found = (
        (part.name, kind)
        for indexes in reversed(tuple(attempt_indexes(call)))
        if scenario
        for part in resolve_for_attempt(state, call, scenario, indexes).parts
        for kind in (webhook.kind, "any")
        if kind in part.webhooks and getattr(part.webhooks[kind], FIELDS_BY_KEY[key])
    )
    return next(found, (scenario.name if scenario else "", webhook.kind))
