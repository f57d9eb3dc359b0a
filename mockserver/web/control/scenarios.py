"""The scenarios that are loaded, where they stand, and others put in their place."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import Scenario
from mockserver.core.selection import ASPECTS
from mockserver.core.suggestions import did_you_mean
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.reading import read, sandbox_of
from mockserver.web.problems import problem


async def scenarios(request: Request) -> JSONResponse:
    stories = sandbox_of(request).state.configuration.scenarios
    asked_for = (story for name, story in stories.by_name.items() if "/" not in name)
    listed = [described(story) for story in asked_for]
    return JSONResponse({"default": stories.default, "scenarios": listed})


async def put(request: Request) -> Response:
    """What would stand under that name in a file, YAML or JSON; 422 with positioned problems."""
    sandbox, name = sandbox_of(request), request.path_params["name"]
    body = await read(request)
    refusal = _changed(request, sandbox, {**sandbox.uploaded_scenarios, name: body})
    if refusal:
        return refusal
    _record(sandbox, "PUT", name, body.decode("utf-8", "replace"))
    return JSONResponse(described(sandbox.state.configuration.scenarios.by_name[name]))


async def drop(request: Request) -> Response:
    """Take a scenario that was put away again; what it replaced is back."""
    sandbox, name = sandbox_of(request), request.path_params["name"]
    if name not in sandbox.uploaded_scenarios:
        known = sandbox.state.configuration.scenarios.by_name
        why = "stands in a file" if name in known else f"is not there {did_you_mean(name, known)}"
        raise HTTPException(404, f"{name} {why}: only what was PUT can be deleted")
    rest = {other: text for other, text in sandbox.uploaded_scenarios.items() if other != name}
    refusal = _changed(request, sandbox, rest)
    if refusal:
        return refusal
    _record(sandbox, "DELETE", name, None)
    return Response(status_code=204)


def described(story: Scenario) -> dict[str, Any]:
    """`speaks_to` are the questions that it answers: api, phones, webhooks."""
    place, line, _ = story.location.rsplit(":", 2)
    return {
        "name": story.name,
        "file": "bundled" if story.bundled else place,
        "line": int(line),
        "speaks_to": [question for question, speaks in ASPECTS.items() if speaks(story)],
        "matches": story.match is not None,
    }


def _changed(request: Request, sandbox: Sandbox, put: dict[str, bytes]) -> Response | None:
    """The sandbox's world made anew with these; why not, if they do not compile."""
    world, problems = request.app.state.compile(sandbox.state.configuration, put)
    if world is None:
        title = "scenario does not read"
        return problem(422, title, "\n".join(problems), problems=list(problems))
    sandbox.uploaded_scenarios = put
    sandbox.state.configuration = world
    return None


def _record(sandbox: Sandbox, method: str, name: str, body: str | None) -> None:
    told = {"method": method, "path": f"/scenarios/{name}", "body": body}
    sandbox.state.record(JournalEntry(sandbox.clock.now(), "control", "", told))


ROUTES = (
    Route("/scenarios", scenarios, methods=["GET"]),
    Route("/scenarios/{name}", put, methods=["PUT"]),
    Route("/scenarios/{name}", drop, methods=["DELETE"]),
)
