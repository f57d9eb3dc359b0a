"""Why a request was answered as it was."""

from collections.abc import Iterator
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.rulebook import Rule
from mockserver.core.scenario import MatchContext
from mockserver.core.selection import ASPECTS, candidates, select
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.diagnostics import find_hints
from mockserver.web.control.params import sandbox_of, sandboxes_of
from mockserver.web.vendor.router import nearest_operations
from mockserver.web.views import redaction
from mockserver.web.views.body_preview import preview_field


async def explain_request(request: Request) -> JSONResponse:
    store, name = sandbox_of(request).state, request.path_params["request"]
    found = next((one for one in store.exchanges if one.id == name), None)
    if found is None:
        raise HTTPException(404, f"no request is named {name}: GET /_mock/requests lists them")
    others = [one.state for one in sandboxes_of(request) if one.state is not store]
    told = {**build_explanation(found, store), "hints": find_hints(found, store, others)}
    listing = store.configuration.providers.get(found.provider)
    secret = listing.provider.credential(found.request) if listing else None
    return JSONResponse(redaction.redact_secret(told, secret, store.configuration.seed))


def build_explanation(exchange: Exchange, state: SandboxState) -> dict[str, Any]:
    """`scenarios` names who answers each question; `passed_over`, who does not and why."""
    asked = exchange.request
    unknown = not exchange.provider
    return {
        "request": exchange.id,
        "provider": exchange.provider or None,
        "operation": exchange.operation or None,
        "status": exchange.response.status or None,
        "why": redaction.redact_text(exchange.explanation, state.configuration.seed)
        or "nothing was wrong with it",
        "rules": [
            _serialize_rule(rule, exchange, state.configuration.seed)
            for rule in exchange.broken_rules
        ],
        "nearest": list(nearest_operations(state.configuration.providers, asked.method, asked.path))
        if unknown
        else [],
        "scenarios": [
            one
            for seen in exchange.match_contexts[:1]
            for one in _serialize_selections(exchange, state, seen)
        ],
        "passed_over": [
            one
            for seen in exchange.match_contexts[:1]
            for one in _serialize_mismatches(state, seen)
        ],
    }


def _serialize_rule(rule: Rule, exchange: Exchange, salt: str) -> dict[str, Any]:
    fault = rule.fault
    received = {rule.field: preview_field(exchange.request.fields.get(rule.field))}
    wanted = next((one.expected for one in exchange.violations if one.field == rule.field), "")
    return {
        "fault": fault.name,
        "source": str(fault.evidence),
        "message": fault.message,
        "field": rule.field or None,
        "received": redaction.redact_value(received, salt)[rule.field],
        "would_pass": wanted or None,
    }


def _serialize_selections(
    exchange: Exchange, state: SandboxState, context: MatchContext
) -> Iterator[dict[str, Any]]:
    stories = state.configuration.scenarios
    header = tuple(name for name in exchange.scenarios if name in stories.by_name)
    among = tuple(candidates(stories, header, exchange.activations, context))
    for question in ASPECTS:
        chosen = select(question, among)
        if chosen:
            yield {"question": question, "scenario": chosen.scenario.name, "rank": chosen.rank}


def _serialize_mismatches(state: SandboxState, context: MatchContext) -> Iterator[dict[str, Any]]:
    for story in state.configuration.scenarios.by_name.values():
        if story.match is not None:
            why = story.match.mismatch(context) or story.missing_requirement(context)
            if why:
                yield {"scenario": story.name, "why": why}


ROUTES = (Route("/explain/{request}", explain_request),)
