"""Resets the sandbox to its seeded start."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.time import format_iso
from mockserver.web.control.params import sandbox_of, sandboxes_of
from mockserver.web.dependencies import request_info_in


async def reset_sandbox(request: Request) -> JSONResponse:
    """Reset the sandbox; nothing scheduled before is sent after the response.

    One that the store has, but that cannot go on, begins anew.
    """
    registry, name = sandboxes_of(request), request_info_in(request.scope).sandbox_name
    if name in registry.refused:
        await registry.replace(registry.build(name, *registry.initial_setup), ())
    sandbox = sandbox_of(request)
    await sandbox.reset()
    return JSONResponse({"now": format_iso(sandbox.clock.now())})


ROUTES = (Route("/reset", reset_sandbox, methods=["POST"]),)
