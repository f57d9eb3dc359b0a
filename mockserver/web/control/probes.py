"""Tells an orchestrator whether the process lives, and whether to send it requests; open to all."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.web.control.params import sandboxes_of
from mockserver.web.problems import problem


async def get_live(_: Request) -> JSONResponse:
    """Say that the process answers; what it cannot do at the moment changes nothing."""
    return JSONResponse({"status": "live"})


async def get_ready(request: Request) -> JSONResponse:
    """Say that requests are welcome, or why they are not."""
    reasons = find_reasons(sandboxes_of(request))
    if reasons:
        return problem("not-ready", f"the server is {' and '.join(reasons)}", reasons=reasons)
    return JSONResponse({"status": "ready"})


def find_reasons(sandboxes: SandboxRegistry) -> list[str]:
    """Return what keeps the server from taking requests now; empty if nothing does."""
    durability = sandboxes.durability
    conditions = {
        "starting": not sandboxes.is_started,
        "stopping": sandboxes.is_stopping,
        "waiting for its store": bool(durability and durability.problem),
    }
    return [reason for reason, holds in conditions.items() if holds]


ROUTES: Final = (Route("/live", get_live), Route("/ready", get_ready))
