"""Explains why a request was answered as it was."""

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.rulebook import Rule
from mockserver.core.scenario import MatchContext
from mockserver.core.selection import ASPECTS, SelectedScenario, Selection
from mockserver.engine.effects import leg_sources
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.diagnostics import find_hints
from mockserver.web.control.params import sandbox_of, sandboxes_of
from mockserver.web.problems import ProblemError
from mockserver.web.router import nearest_operations
from mockserver.web.views import redaction
from mockserver.web.views.body_preview import preview_field


async def explain_request(request: Request) -> JSONResponse:
    state, name = sandbox_of(request).state, request.path_params["request"]
    exchange = next((entry for entry in state.journal.exchanges if entry.id == name), None)
    if exchange is None:
        raise ProblemError(
            "unknown-request", f"no request is named {name}: GET /_mock/requests lists them"
        )
    other_states = [
        sandbox.state for sandbox in sandboxes_of(request) if sandbox.state is not state
    ]
    explanation = {
        **build_explanation(exchange, state),
        "hints": find_hints(exchange, state, other_states),
    }
    bound = state.configuration.providers.get(exchange.provider)
    secret = bound.provider.credential(exchange.request) if bound else None
    return JSONResponse(redaction.redact_secret(explanation, secret, state.configuration.seed))


def build_explanation(exchange: Exchange, state: SandboxState) -> dict[str, Any]:
    """Build the explanation of an exchange.

    `calls` has an entry for each call that the request would place, or one without numbers: the
    call itself if it was placed, the scenario selected for each aspect, the scenarios that do not
    match and why, and what decides the behavior of each leg.
    """
    request = exchange.request
    is_unknown_path = not exchange.provider
    return {
        "request": exchange.id,
        "provider": exchange.provider or None,
        "operation": exchange.operation or None,
        "status": exchange.response.status or None,
        "reason": redaction.redact_text(exchange.explanation, state.configuration.seed)
        or "nothing was wrong with it",
        "rules": [
            _serialize_rule(rule, exchange, state.configuration.seed)
            for rule in exchange.broken_rules
        ],
        "nearest": list(
            nearest_operations(state.configuration.providers, request.method, request.path)
        )
        if is_unknown_path
        else [],
        "calls": list(_serialize_matches(exchange, state)),
    }


def _serialize_rule(rule: Rule, exchange: Exchange, salt: str) -> dict[str, Any]:
    fault = rule.fault
    received = {rule.field: preview_field(exchange.request.fields.get(rule.field))}
    expected = next(
        (violation.expected for violation in exchange.violations if violation.field == rule.field),
        "",
    )
    return {
        "fault": fault.name,
        "evidence": str(fault.evidence),
        "message": fault.message,
        "field": rule.field or None,
        "received": redaction.redact_value(received, salt)[rule.field],
        "would_pass": expected or None,
    }


def _serialize_matches(exchange: Exchange, state: SandboxState) -> Iterator[dict[str, Any]]:
    for index, match in enumerate(exchange.matches):
        call_id = exchange.placed_calls.get(index)
        call = state.calls.by_id.get(call_id) if call_id else None
        yield {
            "call": call_id,
            "numbers": dict(match.context.numbers),
            "scenarios": list(_serialize_selection(match.selection)),
            "rejected": list(_serialize_mismatches(state, match.context)),
            "legs": [
                {"leg": leg, "number": number, "decided_by": source}
                for leg, number, source in (leg_sources(state, call) if call else ())
            ],
        }


def _serialize_selection(selection: Selection) -> Iterator[dict[str, Any]]:
    for aspect in ASPECTS:
        selected: SelectedScenario | None = getattr(selection, aspect)
        if selected:
            yield {"aspect": aspect, "scenario": selected.scenario.name, "rank": selected.rank}


def _serialize_mismatches(state: SandboxState, context: MatchContext) -> Iterator[dict[str, Any]]:
    for scenario in state.configuration.scenarios.by_name.values():
        if scenario.match is not None:
            reason = scenario.match.mismatch(context) or scenario.missing_requirement(context)
            if reason:
                yield {"scenario": scenario.name, "reason": reason}


ROUTES = (Route("/explain/{request}", explain_request),)
