"""Whether the server is well."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver import __version__
from mockserver.web.control.reading import sandbox_of


async def health(request: Request) -> JSONResponse:
    sandbox, parts = sandbox_of(request), request.scope["parts"]
    return JSONResponse(
        {
            "status": "ok",
            "version": __version__,
            "clock": sandbox.clock.mode,
            "seed": sandbox.state.configuration.seed,
            "providers": list(sandbox.state.configuration.providers),
            "errors": sandbox.state.error_count,
            "refused": dict(parts.refused),
            "uptime": round(parts.sandboxes.uptime(), 3),
        }
    )


ROUTES = (Route("/health", health),)
