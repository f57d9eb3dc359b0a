"""Back to the seeded start."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.time import format_iso
from mockserver.web.control.params import sandbox_of


async def reset_sandbox(request: Request) -> JSONResponse:
    """Nothing that was scheduled before is sent after this has answered."""
    sandbox = sandbox_of(request)
    await sandbox.reset()
    return JSONResponse({"now": format_iso(sandbox.clock.now())})


ROUTES = (Route("/reset", reset_sandbox, methods=["POST"]),)
