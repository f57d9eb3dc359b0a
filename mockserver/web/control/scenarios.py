"""Lists the loaded scenarios, and replaces them in one sandbox."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.core.configuration import Configuration
from mockserver.core.selection import ScenarioSet
from mockserver.core.suggestions import did_you_mean
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.params import dependencies_of, read_request_body, sandbox_of
from mockserver.web.problems import ProblemError


async def list_scenarios(request: Request) -> JSONResponse:
    scenarios = sandbox_of(request).state.configuration.scenarios
    serialized = [serialize_scenario(scenarios, name) for name in scenarios.public_names]
    return JSONResponse({"default": scenarios.default, "scenarios": serialized})


async def put_scenario(request: Request) -> Response:
    """Add or replace a scenario, in YAML or JSON as in a file; 422 with located problems.

    Its list of responses begins anew.
    """
    sandbox, name = sandbox_of(request), request.path_params["name"]
    body = await read_request_body(request)
    configuration = _recompile(request, sandbox, {**sandbox.uploaded_scenarios, name: body})
    sandbox.put_scenario(name, body, configuration)
    return JSONResponse(serialize_scenario(sandbox.state.configuration.scenarios, name))


async def delete_scenario(request: Request) -> Response:
    """Remove an uploaded scenario; the one that it replaced is back."""
    sandbox, name = sandbox_of(request), request.path_params["name"]
    if name not in sandbox.uploaded_scenarios:
        known = sandbox.state.configuration.scenarios.by_name
        hint = did_you_mean(name, sandbox.uploaded_scenarios) or "only what was PUT can be deleted"
        reason = "is in a file" if name in known else "does not exist"
        raise ProblemError("scenario-not-uploaded", f"{name} {reason}: {hint}")
    rest = {other: text for other, text in sandbox.uploaded_scenarios.items() if other != name}
    configuration = _recompile(request, sandbox, rest)
    sandbox.delete_scenario(name, configuration)
    return Response(status_code=204)


def serialize_scenario(scenarios: ScenarioSet, name: str) -> dict[str, Any]:
    """Serialize a scenario; `aspects` are those it speaks to: api, legs, webhooks."""
    scenario = scenarios.by_name[name]
    file, line, _ = scenario.location.rsplit(":", 2)
    return {
        "name": scenario.name,
        "file": "bundled" if scenario.bundled else file,
        "line": int(line),
        "aspects": list(scenarios.reach(scenario).aspects),
        "matches": scenario.match is not None,
    }


def _recompile(
    request: Request, sandbox: Sandbox, scenario_texts: dict[str, bytes]
) -> Configuration:
    """Build the configuration with these uploads.

    Raises:
        ProblemError: The uploads have problems.
    """
    compile_scenarios = dependencies_of(request).compile_scenarios
    configuration, problems = compile_scenarios(sandbox.state.configuration, scenario_texts)
    if configuration is None:
        raise ProblemError("invalid-scenario", "\n".join(problems), problems=list(problems))
    return configuration


ROUTES = (
    Route("/scenarios", list_scenarios, methods=["GET"]),
    Route("/scenarios/{name}", put_scenario, methods=["PUT"]),
    Route("/scenarios/{name}", delete_scenario, methods=["DELETE"]),
)
