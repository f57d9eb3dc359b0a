"""Scenarios to be played for the next requests that suit."""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import MatchRule
from mockserver.core.selection import Activation
from mockserver.core.suggestions import did_you_mean
from mockserver.web import masking
from mockserver.web.control.reading import object_of, sandbox_of

GLOBS = ("provider", "operation", "account", "credential", "a", "b", "callee")
FORM = '{"scenario": "callee-busy", "match": {"provider": "mobtexting"}, "times": 1}'


async def activations(request: Request) -> JSONResponse:
    store = sandbox_of(request).state
    listed = [_printed(one, store.configuration.seed) for one in store.activations]
    return JSONResponse({"activations": listed})


async def activate(request: Request) -> JSONResponse:
    """`times` requests that suit `match` (none: every request); without `times` all of them."""
    sandbox, body = sandbox_of(request), await object_of(request)
    store = sandbox.state
    name, times, known = (
        str(body.get("scenario", "")),
        body.get("times"),
        store.configuration.scenarios.by_name,
    )
    if name not in known:
        raise HTTPException(
            422, f"no scenario is named {name!r}: {did_you_mean(name, known) or FORM}"
        )
    if body.keys() - {"scenario", "match", "times"} or not (times is None or _counts(times)):
        raise HTTPException(422, f"send {FORM}")
    store.activation_count += 1
    made = Activation(f"a{store.activation_count}", name, _match(body.get("match", {})), times)
    store.activations.append(made)
    told = {"method": "POST", "path": "/activations", "body": body}
    store.record(JournalEntry(sandbox.clock.now(), "control", "", told))
    return JSONResponse(_printed(made, store.configuration.seed), 201)


async def clear(request: Request) -> Response:
    sandbox = sandbox_of(request)
    sandbox.state.activations.clear()
    told = {"method": "DELETE", "path": "/activations"}
    sandbox.state.record(JournalEntry(sandbox.clock.now(), "control", "", told))
    return Response(status_code=204)


def _counts(times: Any) -> bool:
    return isinstance(times, int) and not isinstance(times, bool) and times > 0


def _match(given: Any) -> MatchRule:
    if not isinstance(given, Mapping) or given.keys() - {*GLOBS, "fields"}:
        raise HTTPException(422, f"match maps {', '.join(GLOBS)}, fields to globs")
    fields = given.get("fields", {})
    if not isinstance(fields, Mapping):
        raise HTTPException(422, "fields map parameters of the request to globs")
    globs = {name: str(glob) for name, glob in given.items() if name != "fields"}
    return MatchRule(globs, {name: str(glob) for name, glob in fields.items()})


def _printed(one: Activation, salt: str) -> dict[str, Any]:
    fields = {"fields": dict(one.match.fields)} if one.match.fields else {}
    match = masking.value({**one.match.globs, **fields}, salt)
    return {"id": one.id, "scenario": one.scenario_name, "match": match, "left": one.remaining}


ROUTES = (
    Route("/activations", activations, methods=["GET"]),
    Route("/activations", activate, methods=["POST"]),
    Route("/activations", clear, methods=["DELETE"]),
)
