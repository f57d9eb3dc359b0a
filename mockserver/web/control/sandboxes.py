"""Lists, creates and deletes sandboxes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.core.time import MAX_TIME, format_iso, to_milliseconds
from mockserver.runtime.clock import MODES, parse_rate
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import (
    DEFAULT_SANDBOX,
    SANDBOX_NAME,
    CredentialClaimed,
    SandboxRegistry,
    TooManySandboxes,
)
from mockserver.runtime.sleep import SleepingSandbox
from mockserver.web.control.forks import build_fork
from mockserver.web.control.params import (
    check_keys,
    dependencies_of,
    read_json_object,
    sandboxes_of,
    wake_sandbox,
)
from mockserver.web.problems import TOO_MANY_SANDBOXES, ProblemError
from mockserver.web.views.summaries import count_items

NEW_KEYS: Final = ("clock", "seed", "start_at", "credentials")
FORK_KEYS: Final = ("snapshot", "until", "clock", "credentials")

USAGE: Final = (
    'send {"clock": "manual", "seed": "t1", "start_at": "2026-01-01T09:00:00Z", '
    '"credentials": {"mobtexting": ["key-1"]}}, or a part of it'
)


async def list_sandboxes(request: Request) -> JSONResponse:
    """List all sandboxes; those that sleep or are refused as the store has them."""
    registry = sandboxes_of(request)
    awake = [_serialize_sandbox(each) for each in registry if each.name not in registry.refused]
    asleep = [_serialize_sleeping(each, registry.refused) for each in registry.asleep.values()]
    return JSONResponse({"sandboxes": [*awake, *asleep]})


async def get_sandbox(request: Request) -> JSONResponse:
    """Describe a sandbox, and count its calls, phones, webhooks and requests."""
    sandbox = await wake_sandbox(request, request.path_params["name"])
    counts = {"counts": count_items(sandbox.state)}
    return JSONResponse({**_serialize_sandbox(sandbox), **counts})


async def put_sandbox(request: Request) -> JSONResponse:
    """Create an empty sandbox, in place of an old one; 409 if another claims a credential of it.

    With `from`, it is as the sandbox of that name is now, or was at a snapshot or a request of it.
    """
    name, body, registry = (
        request.path_params["name"],
        await read_json_object(request),
        sandboxes_of(request),
    )
    if not SANDBOX_NAME.fullmatch(name):
        raise ProblemError(
            "invalid-sandbox-name", f"{name!r:.80} is no name: letters, digits, . _ -"
        )
    check_keys(body, ("from", *(FORK_KEYS if "from" in body else NEW_KEYS)), "a sandbox")
    if "from" in body:
        return JSONResponse(_serialize_sandbox(await _fork(request, name, body)))
    configuration, timing = registry.initial_setup
    seed = str(body.get("seed", configuration.seed))
    new_timing = Timing(_parse_mode(body, timing.mode), _parse_start(body, timing.start))
    claims = tuple(_parse_claims(body.get("credentials", {}), registry))
    sandbox = registry.build(name, configuration._replace(seed=seed), new_timing)
    await _adopt(registry, sandbox, claims)
    return JSONResponse(_serialize_sandbox(sandbox))


async def _fork(request: Request, name: str, body: dict[str, Any]) -> Sandbox:
    registry, router = sandboxes_of(request), dependencies_of(request).router
    claims = tuple(_parse_claims(body.get("credentials", {}), registry))
    mode = _parse_mode(body, "") if "clock" in body else ""
    await registry.wake(str(body["from"]))
    fork = await build_fork(registry, router, name, body, mode)
    if name == body["from"]:
        old = await wake_sandbox(request, name)
        fork.sandbox.snapshots = old.snapshots
        fork.sandbox.receivers.take_over(old.receivers)
    await _adopt(registry, fork.sandbox, claims)
    fork.start()
    return fork.sandbox


async def _adopt(
    registry: SandboxRegistry, sandbox: Sandbox, claims: tuple[tuple[str, str], ...]
) -> None:
    """Put the sandbox into the registry.

    Raises:
        ProblemError: there is no room for it, or another has claimed one of its credentials.
    """
    try:
        await registry.adopt(sandbox, claims)
    except CredentialClaimed:
        raise ProblemError(
            "credential-claimed", "another sandbox has claimed one of these credentials"
        ) from None
    except TooManySandboxes:
        raise ProblemError("too-many-sandboxes", TOO_MANY_SANDBOXES) from None


async def delete_sandbox(request: Request) -> Response:
    name, registry = request.path_params["name"], sandboxes_of(request)
    if name == DEFAULT_SANDBOX:
        raise ProblemError(
            "default-sandbox-stays",
            f"{DEFAULT_SANDBOX} is always there: POST /_mock/reset empties it",
        )
    if name not in registry.names:
        raise ProblemError("unknown-sandbox", f"no sandbox is named {name}")
    await registry.remove(name)
    return Response(status_code=204)


def _serialize_sandbox(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "name": sandbox.name,
        "clock": sandbox.clock.mode,
        "seed": sandbox.state.configuration.seed,
        "now": format_iso(sandbox.clock.now()),
        "calls": len(sandbox.state.calls.by_id),
        "state": "awake",
    }


def _serialize_sleeping(sleeping: SleepingSandbox, refused: Mapping[str, str]) -> dict[str, Any]:
    record = sleeping.record
    serialized = {
        "name": record.name,
        "clock": record.place.mode,
        "seed": record.seed,
        "now": format_iso(sleeping.clock.now()),
        "calls": record.call_count,
        "state": "asleep",
    }
    if record.name in refused:
        serialized |= {"state": "refused", "detail": refused[record.name]}
    return serialized


def _parse_mode(body: Mapping[str, Any], default: str) -> str:
    mode = str(body.get("clock", default))
    if parse_rate(mode) is None:
        raise ProblemError("invalid-body", f"clock must be one of {MODES}")
    return mode


def _parse_start(body: Mapping[str, Any], default: int | None) -> int | None:
    """The start of the virtual clock in ms; None for the present real time."""
    if body.get("start_at") is None:
        return default
    try:
        start = datetime.fromisoformat(str(body["start_at"]))
    except ValueError:
        raise ProblemError("invalid-body", f"start_at must be an ISO 8601 time: {USAGE}") from None
    if start.tzinfo is None or not 0 <= to_milliseconds(start) <= MAX_TIME:
        raise ProblemError(
            "invalid-body", f"start_at must have a time zone, and must be in 1970 or later: {USAGE}"
        )
    return to_milliseconds(start)


def _parse_claims(value: Any, registry: SandboxRegistry) -> Iterator[tuple[str, str]]:
    """Yield (provider, credential) for each claim."""
    providers = registry.initial_setup[0].providers
    if not isinstance(value, Mapping) or value.keys() - providers.keys():
        raise ProblemError(
            "invalid-body", f"credentials map {', '.join(providers)} to lists: {USAGE}"
        )
    for provider, credentials in value.items():
        if not isinstance(credentials, list):
            raise ProblemError(
                "invalid-body", f"credentials must map each provider to a list: {USAGE}"
            )
        for credential in credentials:
            yield provider, str(credential)


ROUTES = (
    Route("/sandboxes", list_sandboxes, methods=["GET"]),
    Route("/sandboxes/{name}", get_sandbox, methods=["GET"]),
    Route("/sandboxes/{name}", put_sandbox, methods=["PUT"]),
    Route("/sandboxes/{name}", delete_sandbox, methods=["DELETE"]),
)
