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
from mockserver.web import masking
from mockserver.web.control.reading import sandbox_of, sandboxes_of
from mockserver.web.hints import hints
from mockserver.web.legible import plain
from mockserver.web.routing import nearest


async def explain(request: Request) -> JSONResponse:
    store, name = sandbox_of(request).state, request.path_params["request"]
    found = next((one for one in store.exchanges if one.id == name), None)
    if found is None:
        raise HTTPException(404, f"no request is named {name}: GET /_mock/requests lists them")
    others = [one.state for one in sandboxes_of(request) if one.state is not store]
    told = {**explained(found, store), "hints": hints(found, store, others)}
    listing = store.configuration.providers.get(found.provider)
    secret = listing.provider.credential(found.request) if listing else None
    return JSONResponse(masking.without(told, secret, store.configuration.seed))


def explained(exchange: Exchange, store: SandboxState) -> dict[str, Any]:
    """`scenarios` names who answers each question; `passed_over`, who does not and why."""
    asked = exchange.request
    unknown = not exchange.provider
    return {
        "request": exchange.id,
        "provider": exchange.provider or None,
        "operation": exchange.operation or None,
        "status": exchange.response.status or None,
        "why": masking.text(exchange.explanation, store.configuration.seed)
        or "nothing was wrong with it",
        "rules": [
            _rule(rule, exchange, store.configuration.seed) for rule in exchange.broken_rules
        ],
        "nearest": list(nearest(store.configuration.providers, asked.method, asked.path))
        if unknown
        else [],
        "scenarios": [
            one for seen in exchange.match_contexts[:1] for one in _chosen(exchange, store, seen)
        ],
        "passed_over": [
            one for seen in exchange.match_contexts[:1] for one in _passed(store, seen)
        ],
    }


def _rule(rule: Rule, exchange: Exchange, salt: str) -> dict[str, Any]:
    fault = rule.fault
    received = {rule.field: plain(exchange.request.fields.get(rule.field))}
    wanted = next((one.expected for one in exchange.violations if one.field == rule.field), "")
    return {
        "fault": fault.name,
        "source": str(fault.evidence),
        "message": fault.message,
        "field": rule.field or None,
        "received": masking.value(received, salt)[rule.field],
        "would_pass": wanted or None,
    }


def _chosen(
    exchange: Exchange, store: SandboxState, seen: MatchContext
) -> Iterator[dict[str, Any]]:
    stories = store.configuration.scenarios
    header = tuple(name for name in exchange.scenarios if name in stories.by_name)
    among = tuple(candidates(stories, header, exchange.activations, seen))
    for question in ASPECTS:
        chosen = select(question, among)
        if chosen:
            yield {"question": question, "scenario": chosen.scenario.name, "rank": chosen.rank}


def _passed(store: SandboxState, seen: MatchContext) -> Iterator[dict[str, Any]]:
    for story in store.configuration.scenarios.by_name.values():
        if story.match is not None:
            why = story.match.mismatch(seen) or story.missing_requirement(seen)
            if why:
                yield {"scenario": story.name, "why": why}


ROUTES = (Route("/explain/{request}", explain),)
