"""Finds the words of scenarios that cannot apply to a request, its calls or their webhooks."""

from collections.abc import Iterator
from functools import partial

from mockserver.core.call import Call
from mockserver.core.composition import ASPECTS
from mockserver.core.conditional_words import failing_words
from mockserver.core.hidden_words import hidden_words
from mockserver.core.journal import Ignored, JournalEntry
from mockserver.core.leg_names import legs_by_name
from mockserver.core.playability import PlaySite, build_site
from mockserver.core.provider import Endpoint, EndpointResult
from mockserver.core.resolution import ResolvedScenario, draw_item, resolve
from mockserver.core.scenario import Scenario
from mockserver.core.selection import EXPLICIT_RANKS, SelectedScenario
from mockserver.core.webhook import Delivery
from mockserver.engine.call_scenarios import attempt_indexes, resolve_for_attempt
from mockserver.engine.exchange import CallMatch, Exchange, MatchedRequest
from mockserver.engine.reordering import held_replies
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.unread_names import unread_names

FIRST_ERROR = 400
"""The first status of HTTP that says that a request has failed."""

ANSWERS = ("answered", "machine", "person")
"""The outcomes of a leg that answers, or may do so."""

FIELDS_BY_KEY = {
    "reorder": ("reorder", "reorder_calls"),
    "before_reply": ("before_reply",),
    "attempts": ("attempts",),
}
"""Key of a kind of webhook that may be ignored -> its fields of `DeliveryBehavior`."""


def ignored_by_request(
    state: SandboxState, matched: MatchedRequest, request_id: str, result: EndpointResult
) -> tuple[Ignored, ...]:
    """Return what cannot apply to the request, or to the new calls that it places."""
    provider, calls = matched.incoming.bound.provider, result.effects.calls
    found = [
        ignored.replace(call_id=call.spec.id)
        for call in calls
        if call.spec.id not in state.calls.by_id
        and not _fits(match := matched.matches[call.spec.match_index], matched.incoming.endpoint)
        for ignored in _ignored_by_call(state, call, matched, match)
    ]
    api, author, fault = matched.api_selection, matched.api_author, matched.unknown_fault
    if api and author and fault:
        reason, what = f"{provider.name} has no fault {fault} to refuse with", f"refuse: {fault}"
        found.append(Ignored(author.name, what, reason, strict=is_asked_for(api)))
    found += unread_names(matched)
    is_silent = not (matched.context.planned_calls or calls or matched.applied_api)
    if is_silent and result.response.status < FIRST_ERROR:
        found += _ignored_without_call(matched)
    return tuple([ignored.replace(request_id=request_id) for ignored in found])


def _fits(match: CallMatch, endpoint: Endpoint) -> bool:
    """Whether nothing that was selected can fail to apply to a call of the operation."""
    selection = match.selection
    return selection.fits_all and (selection.webhooks is None or bool(endpoint.calls.webhooks))


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
        exchange = placing_exchange(state, call.spec.id)
        whole = ignored.replace(call_id=call.spec.id, request_id=exchange.id if exchange else "")
        if all(entry.payload != whole for entry in state.journal.entries):
            state.journal.append(JournalEntry(now, "ignored", call.spec.id, whole))


def record_ignored_key(  # noqa: PLR0913 - the last one has a default
    state: SandboxState,
    delivery: Delivery,
    key: str,
    reason: str,
    now: int,
    *,
    is_overtaken: bool = False,
) -> None:
    """Journal that a key of the scenario could not do to a delivery what it says.

    With `is_overtaken`, on another day it could have.
    """
    webhook, exchange = delivery.webhook, placing_exchange(state, delivery.webhook.call_id)
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
        not is_overtaken and (selected is None or is_asked_for(selected)),
    )
    if not (exchange and is_known(exchange, ignored)):
        state.journal.append(JournalEntry(now, "ignored", webhook.call_id, ignored))


def is_known(exchange: Exchange, ignored: Ignored) -> bool:
    """Whether the response has told already that these words cannot apply to the call."""
    told = [each for each in exchange.ignored if each.call_id == ignored.call_id]
    return (ignored.scenario, ignored.what) in [(each.scenario, each.what) for each in told]


def _ignored_by_call(
    state: SandboxState, call: Call, matched: MatchedRequest, match: CallMatch
) -> Iterator[Ignored]:
    """Yield what cannot apply to a new call. Calls of a batch can let webhooks of each other go."""
    incoming, is_in_batch = matched.incoming, len(matched.matches) > 1
    scenarios, seed = state.configuration.scenarios, state.configuration.seed
    site = build_site(incoming.bound.provider, incoming.endpoint, call.spec.flow)
    legs, webhooks = match.selection.legs, match.selection.webhooks
    if legs:
        resolved = resolve(scenarios, legs.scenario, seed, match.draw)
        yield from _missing_legs(resolved, call, legs)
        failing = ((part, failing_words(part, "legs", site)) for part in resolved.parts)
        unreached = _unreached_numbers(resolved, call, incoming.endpoint)
        for part, found in (*failing, *unreached):
            for place, reason in found:
                yield Ignored(part.name, place, reason, strict=is_asked_for(legs))
    if webhooks:
        resolved = resolve(scenarios, webhooks.scenario, seed, match.draw)
        for part in resolved.parts:
            for place, reason in _failing_webhooks(part, site):
                yield Ignored(part.name, place, reason, strict=is_asked_for(webhooks))
        if not is_in_batch:
            for name, kind, reason in held_replies(state, call, resolved, site.calls.webhooks):
                place = f"webhooks.{kind}.before_reply"
                yield Ignored(name, place, reason, strict=is_asked_for(webhooks))
    if not match.selection.fits_all:
        yield from _hidden(state, site, match)


def _silent_leg(resolved: ResolvedScenario, call: Call) -> str:
    """Name the first leg that does not answer, as the scenario says; empty if there is none."""
    names = legs_by_name(call)
    behaviors = ((leg.name, resolved.leg_behavior(leg.name, names)) for leg in call.legs)
    silent = (name for name, each in behaviors if each and each.outcome not in ANSWERS)
    return next(silent, "")


def _unreached_numbers(
    resolved: ResolvedScenario, call: Call, endpoint: Endpoint
) -> Iterator[tuple[Scenario, list[tuple[str, str]]]]:
    """Yield each part whose `numbers` beyond the first cannot be reached, with the reason."""
    silent_leg = _silent_leg(resolved, call) if endpoint.calls.hands_over else ""
    reason = f"{endpoint.operation} tries another agent only after a transfer"
    for part in resolved.parts if silent_leg else ():
        if part.numbers[1:]:
            yield part, [("numbers", f"{reason}, and leg {silent_leg} does not answer")]


def _failing_webhooks(part: Scenario, site: PlaySite) -> Iterator[tuple[str, str]]:
    """Yield (place, reason) of words about webhooks that the vendor or the operation lacks."""
    if site.calls.webhooks:
        yield from failing_words(part, "webhooks", site)
        return
    sender = site.operation if site.provider.webhooks else site.provider.name
    yield from ((f"webhooks.{kind}", f"{sender} sends no webhooks") for kind in part.webhooks)


def _hidden(state: SandboxState, site: PlaySite, match: CallMatch) -> Iterator[Ignored]:
    """Yield what of the selected scenarios their own outer words hide from the call.

    No operation differs in how it takes words about the API: the loader has checked them.
    """
    scenarios, seed = state.configuration.scenarios, state.configuration.seed
    words = scenarios.words_at(site)
    draw = partial(draw_item, scenarios, seed, match.draw)
    found: dict[tuple[str, str], tuple[SelectedScenario, list[str]]] = {}
    for aspect in ASPECTS:
        each: SelectedScenario | None = getattr(match.selection, aspect)
        if each:
            key = each.scenario.name, each.rank
            found.setdefault(key, (each, []))[1].append(aspect)
    for selected, aspects in found.values():
        for hidden in hidden_words(words, selected.scenario, aspects, draw):
            yield Ignored(*hidden, strict=is_asked_for(selected))


def _missing_legs(
    resolved: ResolvedScenario, call: Call, selected: SelectedScenario
) -> Iterator[Ignored]:
    """Yield the legs that the call does not have, each with the outermost part that names it."""
    known = legs_by_name(call)
    named = {leg: part.name for part in resolved.parts[::-1] for leg in part.legs}
    for leg, name in named.items():
        if leg not in known:
            reason = f"{call.spec.operation} has no leg {leg}, only {', '.join(sorted(known))}"
            yield Ignored(name, f"legs.{leg}", reason, strict=is_asked_for(selected))


def is_asked_for(selected: SelectedScenario) -> bool:
    """Whether somebody chose the scenario for such requests; the default speaks to all others."""
    return selected.rank in EXPLICIT_RANKS


def placing_exchange(state: SandboxState, call_id: str) -> Exchange | None:
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
        if kind in part.webhooks
        and any(getattr(part.webhooks[kind], field) for field in FIELDS_BY_KEY[key])
    )
    return next(found, (scenario.name if scenario else "", webhook.kind))
