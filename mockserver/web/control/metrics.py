"""Serves the metrics of the server as Prometheus reads them."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.web.control.params import dependencies_of
from mockserver.web.problems import ProblemError

NO_CLIENT: Final = (
    "metrics are written with prometheus-client, which is not installed: "
    "pip install 'call-mockserver[metrics]'"
)


async def get_metrics(request: Request) -> Response:
    try:
        from mockserver.web.control.prometheus_text import render_metrics  # noqa: PLC0415 - an extra
    except ImportError:
        raise ProblemError("missing-package", NO_CLIENT) from None
    body, media_type = render_metrics(dependencies_of(request))
    return Response(body, headers={"content-type": media_type})


ROUTES = (Route("/metrics", get_metrics),)
