"""Reports the health of the server."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver import __version__
from mockserver.web.control.params import dependencies_of, existing_sandbox_of


async def get_health(request: Request) -> JSONResponse:
    sandbox, dependencies = existing_sandbox_of(request), dependencies_of(request)
    return JSONResponse(
        {
            "status": "ok",
            "version": __version__,
            "clock": sandbox.clock.mode,
            "seed": sandbox.state.configuration.seed,
            "providers": list(sandbox.state.configuration.providers),
            "errors": sandbox.state.journal.error_count,
            "rejections": dict(dependencies.rejections),
            "scenario_problems": list(dependencies.sandboxes.scenario_problems),
            "uptime": round(dependencies.sandboxes.uptime(), 3),
        }
    )


ROUTES = (Route("/health", get_health),)
