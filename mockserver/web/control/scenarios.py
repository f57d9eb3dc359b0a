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
from mockserver.web.control.params import dependencies_of, read_request_body, sandbox_of
from mockserver.web.problems import problem


async def list_scenarios(request: Request) -> JSONResponse:
    stories = sandbox_of(request).state.configuration.scenarios
    asked_for = (story for name, story in stories.by_name.items() if "/" not in name)
    listed = [serialize_scenario(story) for story in asked_for]
    return JSONResponse({"default": stories.default, "scenarios": listed})


async def put_scenario(request: Request) -> Response:
    """What would stand under that name in a file, YAML or JSON; 422 with positioned problems."""
    sandbox, name = sandbox_of(request), request.path_params["name"]
    body = await read_request_body(request)
    refusal = _recompile(request, sandbox, {**sandbox.uploaded_scenarios, name: body})
    if refusal:
        return refusal
    _record_command(sandbox, "PUT", name, body.decode("utf-8", "replace"))
    return JSONResponse(serialize_scenario(sandbox.state.configuration.scenarios.by_name[name]))


async def delete_scenario(request: Request) -> Response:
    """Take a scenario that was put away again; what it replaced is back."""
    sandbox, name = sandbox_of(request), request.path_params["name"]
    if name not in sandbox.uploaded_scenarios:
        known = sandbox.state.configuration.scenarios.by_name
        why = "stands in a file" if name in known else f"is not there {did_you_mean(name, known)}"
        raise HTTPException(404, f"{name} {why}: only what was PUT can be deleted")
    rest = {other: text for other, text in sandbox.uploaded_scenarios.items() if other != name}
    refusal = _recompile(request, sandbox, rest)
    if refusal:
        return refusal
    _record_command(sandbox, "DELETE", name, None)
    return Response(status_code=204)


def serialize_scenario(scenario: Scenario) -> dict[str, Any]:
    """`speaks_to` are the questions that it answers: api, phones, webhooks."""
    place, line, _ = scenario.location.rsplit(":", 2)
    return {
        "name": scenario.name,
        "file": "bundled" if scenario.bundled else place,
        "line": int(line),
        "speaks_to": [question for question, speaks in ASPECTS.items() if speaks(scenario)],
        "matches": scenario.match is not None,
    }


def _recompile(
    request: Request, sandbox: Sandbox, scenario_texts: dict[str, bytes]
) -> Response | None:
    """The sandbox's world made anew with these; why not, if they do not compile."""
    compile_scenarios = dependencies_of(request).compile_scenarios
    world, problems = compile_scenarios(sandbox.state.configuration, scenario_texts)
    if world is None:
        title = "scenario does not read"
        return problem(422, title, "\n".join(problems), problems=list(problems))
    sandbox.uploaded_scenarios = scenario_texts
    sandbox.state.configuration = world
    return None


def _record_command(sandbox: Sandbox, method: str, name: str, body: str | None) -> None:
    told = {"method": method, "path": f"/scenarios/{name}", "body": body}
    sandbox.state.record(JournalEntry(sandbox.clock.now(), "control", "", told))


ROUTES = (
    Route("/scenarios", list_scenarios, methods=["GET"]),
    Route("/scenarios/{name}", put_scenario, methods=["PUT"]),
    Route("/scenarios/{name}", delete_scenario, methods=["DELETE"]),
)
