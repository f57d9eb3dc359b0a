"""Exports the log of inputs, and keeps snapshots of it."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.core.time import format_iso
from mockserver.runtime.recording import IncompleteInputs, Recording
from mockserver.runtime.sandbox_registry import SANDBOX_NAME
from mockserver.web.control.listing import respond_with_lines
from mockserver.web.control.params import (
    check_keys,
    dependencies_of,
    read_json_object,
    sandbox_of,
    wake_sandbox,
)
from mockserver.web.problems import ProblemError
from mockserver.web.views.inputs_export import build_input_jobs

MAX_SNAPSHOTS: Final = 100


async def get_inputs(request: Request) -> Response:
    """Export all inputs as JSON lines, as `mockserver replay` plays them.

    If the log was given up for its size, only the first line is there: it says so.
    """
    state, dependencies = sandbox_of(request).state, dependencies_of(request)
    jobs = build_input_jobs(state, dependencies.router, dependencies.origins)
    return await respond_with_lines(request, jobs, "application/jsonl")


async def list_snapshots(request: Request) -> JSONResponse:
    sandbox = await wake_sandbox(request, request.path_params["name"])
    snapshots = sandbox.snapshots.items()
    return JSONResponse({"snapshots": [_serialize_snapshot(*each) for each in snapshots]})


async def take_snapshot(request: Request) -> JSONResponse:
    """Keep the log of inputs up to now under a name, {"as": "seeded"}, for forks of the sandbox."""
    body = await read_json_object(request)
    sandbox = await wake_sandbox(request, request.path_params["name"])
    check_keys(body, ("as",), "a snapshot")
    name = str(body.get("as", ""))
    if not SANDBOX_NAME.fullmatch(name):
        raise ProblemError("invalid-body", 'send {"as": "seeded"}: letters, digits, . _ -')
    if len(sandbox.snapshots) >= MAX_SNAPSHOTS and name not in sandbox.snapshots:
        raise ProblemError(
            "too-many-snapshots", f"a sandbox can have at most {MAX_SNAPSHOTS} snapshots"
        )
    try:
        sandbox.take_snapshot(name)
    except IncompleteInputs as error:
        raise incomplete_problem(error) from None
    return JSONResponse(_serialize_snapshot(name, sandbox.snapshots[name]), 201)


def incomplete_problem(error: IncompleteInputs) -> ProblemError:
    """Build the problem of a sandbox whose log of inputs was given up."""
    return ProblemError(
        "inputs-incomplete",
        f"the log of inputs exceeded 64 MB, so none of its {error.args[0]:,} inputs is kept; "
        "a reset begins a new one",
    )


def _serialize_snapshot(name: str, recording: Recording) -> dict[str, Any]:
    return {"name": name, "at": format_iso(recording.now), "inputs": len(recording.inputs)}


ROUTES = (
    Route("/inputs", get_inputs),
    Route("/sandboxes/{name}/snapshots", list_snapshots, methods=["GET"]),
    Route("/sandboxes/{name}/snapshots", take_snapshot, methods=["POST"]),
)
