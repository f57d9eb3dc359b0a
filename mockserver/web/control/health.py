"""Whether the server is well."""

import time

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver import __version__
from mockserver.web.control.reading import sandbox_of

_STARTED = time.monotonic()


async def health(request: Request) -> JSONResponse:
    sandbox = sandbox_of(request)
    return JSONResponse(
        {
            "status": "ok",
            "version": __version__,
            "clock": sandbox.clock.mode,
            "seed": sandbox.store.world.seed,
            "providers": list(sandbox.store.world.listings),
            "errors": sandbox.store.errors,
            "refused": dict(request.scope["parts"].refused),
            "uptime": round(time.monotonic() - _STARTED, 3),
        }
    )


ROUTES = (Route("/health", health),)
