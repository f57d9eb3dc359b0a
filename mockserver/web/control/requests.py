"""The vendor requests that came in, and what they got."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.web import masking
from mockserver.web.control.reading import page, sandbox_of, suits
from mockserver.web.wire import request_json

FILTERS = ("provider", "operation", "status", "call")


async def requests(request: Request) -> JSONResponse:
    store = sandbox_of(request).store
    salt = store.world.seed
    listed = (
        {**request_json(one, salt), "headers": masking.headers(one.request.headers, salt)}
        for one in store.exchanges
    )
    wanted = (one for one in listed if suits(one, request, FILTERS))
    return JSONResponse({"requests": page(wanted, request)})


ROUTES = (Route("/requests", requests),)
