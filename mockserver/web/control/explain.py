"""Explains why a request was answered as it was."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.core.composition import ASPECTS
from mockserver.core.journal import Ignored
from mockserver.core.number_plan import describe_behavior
from mockserver.core.resolution import resolve
from mockserver.core.scenario import readable_name
from mockserver.core.selection import SelectedScenario
from mockserver.core.time import format_iso
from mockserver.engine.call_scenarios import applied_parts
from mockserver.engine.decided_behaviors import decided_behaviors
from mockserver.engine.exchange import CallMatch, Exchange
from mockserver.engine.overtaken_words import overtaken_words
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.scenario_selection import api_draw
from mockserver.web import redaction
from mockserver.web.control.broken_rules import serialize_broken_rules
from mockserver.web.control.candidates import explain_activations, explain_match_rules
from mockserver.web.control.diagnostics import find_hints
from mockserver.web.control.listing import encode_json
from mockserver.web.control.params import dependencies_of, sandbox_of, sandboxes_of
from mockserver.web.control.requests import find_exchange
from mockserver.web.router import nearest_operations
from mockserver.web.slices import Job, iterate_in_slices, run_in_slices
from mockserver.web.views.serializers import serialize_ignored
from mockserver.web.views.weights import weigh_exchange


async def explain_request(request: Request) -> Response:
    """Explain a request as it was decided.

    A batch has hundreds of calls: the server does other work between two of them.
    """
    state = sandbox_of(request).state
    exchange = find_exchange(request, request.path_params["request"])
    other_states = [
        sandbox.state for sandbox in sandboxes_of(request) if sandbox.state is not state
    ]
    bound, seed = state.configuration.providers.get(exchange.provider), state.configuration.seed
    secret = bound.provider.credential(exchange.request) if bound else None
    redact = partial(redaction.redact_item, secret=secret, salt=seed)
    response = Job(weigh_exchange(exchange), partial(redact, _explain_response(exchange, state)))
    [explanation] = await _run_all(request, response)
    found = iterate_in_slices(find_hints(exchange, state, other_states))
    hints = redact({"hints": [*dict.fromkeys([hint async for hint in found if hint])]})
    calls = []
    for call in explain_calls(exchange, state):
        calls.append(encode_json(redact(call)))
        await asyncio.sleep(0)
    members = {name: encode_json(value) for name, value in explanation.items()}
    members |= {"calls": f"[{','.join(calls)}]", "hints": encode_json(hints["hints"])}
    body = ",".join(f'"{name}":{text}' for name, text in members.items())
    return Response(f"{{{body}}}", media_type="application/json")


async def _run_all(request: Request, *jobs: Job[dict[str, Any]]) -> list[dict[str, Any]]:
    background = dependencies_of(request).background
    return [result async for result in run_in_slices(jobs, background)]


def _explain_response(exchange: Exchange, state: SandboxState) -> dict[str, Any]:
    """Explain the response of an exchange, without the calls."""
    request = exchange.request
    is_unknown_path = not exchange.provider
    return {
        "request": exchange.id,
        "provider": exchange.provider or None,
        "operation": exchange.operation or None,
        "status": exchange.response.status or None,
        "reason": exchange.explanation or "nothing was wrong with it",
        "ignored": [
            {"call": ignored.call_id or None, **serialize_ignored(ignored)}
            for ignored in _all_ignored(exchange, state)
        ],
        "rules": list(serialize_broken_rules(exchange, state.configuration.seed)),
        "nearest": list(
            nearest_operations(state.configuration.providers, request.method, request.path)
        )
        if is_unknown_path
        else [],
    }


def _all_ignored(exchange: Exchange, state: SandboxState) -> tuple[Ignored, ...]:
    """Return what was ignored at the request, and later of the calls that it placed."""
    call_ids = exchange.placed_calls.values()
    later = (
        entry.payload
        for entry in state.journal.entries
        if entry.call_id in call_ids and isinstance(entry.payload, Ignored)
    )
    return tuple(dict.fromkeys((*exchange.ignored, *later)))


def explain_calls(exchange: Exchange, state: SandboxState) -> Iterator[dict[str, Any]]:
    """Explain each call that the request would place, or the request without numbers.

    An explanation has the call itself if it was placed, the scenario selected for each aspect, the
    activations and the scenarios with a match rule that decide nothing and why, what decided the
    behavior of each leg, and what of its scenario was overtaken.
    """
    for index, match in enumerate(exchange.matches):
        call_id = exchange.placed_calls.get(index, "")
        yield {
            "call": call_id or None,
            "numbers": dict(match.context.numbers),
            "scenarios": list(_serialize_selection(exchange, match, state, call_id)),
            "activations": list(explain_activations(exchange, match)),
            "rejected": list(explain_match_rules(exchange, match)),
            "legs": list(_serialize_legs(state, call_id)),
            "overtaken": list(_serialize_overtaken(state, call_id)),
        }


def _serialize_legs(state: SandboxState, call_id: str) -> Iterator[dict[str, Any]]:
    """Yield which behavior each leg got, and whence; `behavior` is None where steps say it."""
    call = state.calls.by_id.get(call_id)
    for source, behavior in decided_behaviors(state, call) if call else ():
        yield {
            "attempt": source.attempt,
            "leg": source.leg,
            "number": source.number,
            "decided_by": source.source,
            "behavior": behavior and describe_behavior(behavior),
            "is_person": behavior is not None and behavior.outcome == "person",
        }


def _serialize_overtaken(state: SandboxState, call_id: str) -> Iterator[dict[str, Any]]:
    """Yield what of its scenario could have applied to a call, and what came before it."""
    call = state.calls.by_id.get(call_id)
    for word in overtaken_words(state, call) if call else ():
        yield {
            "attempt": word.attempt,
            "leg": word.leg or None,
            "scenario": word.scenario,
            "what": word.place,
            "reason": word.reason,
            "at": format_iso(word.at),
        }


def _serialize_selection(
    exchange: Exchange, match: CallMatch, state: SandboxState, call_id: str
) -> Iterator[dict[str, Any]]:
    """Yield the scenario of each aspect; `reached` are the names to which it has led.

    `reached` is for the first attempt of a call. What outer words hide from the call is left out.
    """
    seed, call = state.configuration.seed, state.calls.by_id.get(call_id)
    for aspect in ASPECTS:
        selected: SelectedScenario | None = getattr(match.selection, aspect)
        if selected:
            draw = api_draw(exchange.matches) if aspect == "api" else match.draw
            resolved = resolve(exchange.scenarios, selected.scenario, seed, draw)
            parts = applied_parts(state, call, resolved) if call else resolved.parts
            reached = [readable_name(part.name) for part in parts[1:]]
            yield {
                "aspect": aspect,
                "scenario": selected.scenario.name,
                "rank": selected.rank,
                **({"reached": reached} if reached else {}),
            }


ROUTES = (Route("/explain/{request}", explain_request),)
