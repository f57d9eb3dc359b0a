"""Lists and shows the loaded scenarios, and replaces them in one sandbox."""

from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.core.configuration import AccountNote, Configuration
from mockserver.core.suggestions import did_you_mean
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.params import dependencies_of, read_request_body, sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.views.scenario_details import serialize_details
from mockserver.web.views.scenario_source import scenario_source

Uploads = dict[str, bytes]
"""Scenario name -> its source."""


async def list_scenarios(request: Request) -> JSONResponse:
    configuration = sandbox_of(request).state.configuration
    scenarios = configuration.scenarios
    serialized = [serialize_scenario(configuration, name) for name in scenarios.public_names]
    return JSONResponse({"default": scenarios.default, "scenarios": serialized})


async def get_scenario(request: Request) -> JSONResponse:
    """Return a scenario with all to which it leads, and where it can play now."""
    sandbox, name = sandbox_of(request), request.path_params["name"]
    state = sandbox.state
    known = state.configuration.scenarios.public_names
    if name not in known:
        hint = did_you_mean(name, known) or "GET /_mock/scenarios lists all"
        raise ProblemError("scenario-not-found", f"no scenario is named {name!r}: {hint}")
    configuration = state.configuration._replace(accounts=dict(state.accounts.by_key))
    scenario = configuration.scenarios.by_name[name]
    source = scenario_source(configuration, sandbox.uploaded_scenarios, scenario)
    return JSONResponse({**serialize_whole_scenario(configuration, name), "source": source})


async def put_scenario(request: Request) -> Response:
    """Add or replace a scenario, in YAML or JSON as in a file; 422 with located problems.

    Its list of responses begins anew.
    """
    sandbox, name = sandbox_of(request), request.path_params["name"]
    body = await read_request_body(request)
    configuration = await _recompile(request, sandbox, lambda uploads: {**uploads, name: body})
    sandbox.put_scenario(name, body, configuration)
    return JSONResponse(serialize_scenario(configuration, name))


async def delete_scenario(request: Request) -> Response:
    """Remove an uploaded scenario; the one that it replaced is back."""
    sandbox, name = sandbox_of(request), request.path_params["name"]
    if name not in sandbox.uploaded_scenarios:
        known = sandbox.state.configuration.scenarios.by_name
        hint = did_you_mean(name, sandbox.uploaded_scenarios) or "only what was PUT can be deleted"
        reason = "is in a file" if name in known else "does not exist"
        raise ProblemError("scenario-not-uploaded", f"{name} {reason}: {hint}")

    def without_it(uploads: Uploads) -> Uploads:
        return {other: text for other, text in uploads.items() if other != name}

    configuration = await _recompile(request, sandbox, without_it)
    sandbox.delete_scenario(name, configuration)
    return Response(status_code=204)


def serialize_scenario(configuration: Configuration, name: str) -> dict[str, Any]:
    """Serialize a scenario; `aspects` are those it speaks to: api, legs, webhooks.

    `notes` has the accounts of the user on which it cannot play.
    """
    scenarios = configuration.scenarios
    scenario = scenarios.by_name[name]
    file, line, _ = scenario.location.rsplit(":", 2)
    notes = configuration.scenario_notes.get(scenario.location, ())
    return {
        "name": scenario.name,
        "description": scenario.description,
        "file": "bundled" if scenario.bundled else file,
        "line": int(line),
        "aspects": list(scenarios.reach(scenario).aspects),
        "matches": scenario.match is not None,
        "needs": dict(scenario.needs),
        "notes": [_serialize_note(note) for note in notes],
    }


def serialize_whole_scenario(configuration: Configuration, name: str) -> dict[str, Any]:
    """Serialize a scenario as in the list, with its parts, operations and accounts."""
    details = serialize_details(configuration, configuration.scenarios.by_name[name])
    return {**serialize_scenario(configuration, name), **details}


def _serialize_note(note: AccountNote) -> dict[str, str]:
    provider, account = note.account
    return {
        "provider": provider,
        "account": account,
        "operation": note.operation,
        "reason": note.reason,
    }


async def _recompile(
    request: Request, sandbox: Sandbox, change: Callable[[Uploads], Uploads]
) -> Configuration:
    """Build the configuration with the changed uploads.

    It is built in the background, and anew if the sandbox has got others meanwhile.

    Raises:
        ProblemError: The uploads have problems.
    """
    dependencies = dependencies_of(request)
    while True:
        current, uploads = sandbox.state.configuration, sandbox.uploaded_scenarios
        changed, accounts = change(uploads), dict(sandbox.state.accounts.by_key)
        configuration, problems = await dependencies.background.run(
            partial(dependencies.compile_scenarios, current, changed, accounts)
        )
        if sandbox.state.configuration is current and sandbox.uploaded_scenarios is uploads:
            break
    if configuration is None:
        raise ProblemError("invalid-scenario", "\n".join(problems), problems=list(problems))
    return configuration


ROUTES = (
    Route("/scenarios", list_scenarios, methods=["GET"]),
    Route("/scenarios/{name}", get_scenario, methods=["GET"]),
    Route("/scenarios/{name}", put_scenario, methods=["PUT"]),
    Route("/scenarios/{name}", delete_scenario, methods=["DELETE"]),
)
