"""Resets the sandbox to its seeded start."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.time import format_iso
from mockserver.web.control.params import sandbox_of


async def reset_sandbox(request: Request) -> JSONResponse:
    """Reset the sandbox; nothing scheduled before is sent after the response."""
    sandbox = sandbox_of(request)
    await sandbox.reset()
    return JSONResponse({"now": format_iso(sandbox.clock.now())})


ROUTES = (Route("/reset", reset_sandbox, methods=["POST"]),)
