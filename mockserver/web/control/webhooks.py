"""The webhooks that were sent or are on their way."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.webhook import ORIGIN
from mockserver.web.control.reading import page, sandbox_of, suits
from mockserver.web.wire import webhook_json


async def webhooks(request: Request) -> JSONResponse:
    store = sandbox_of(request).store
    origin, salt = request.app.state.origins()[0], store.world.seed
    printed = (webhook_json(one, salt) for one in store.deliveries.values())
    listed = ({**one, "url": one["url"].replace(ORIGIN, origin, 1)} for one in printed)
    wanted = (one for one in listed if suits(one, request, ("provider", "call", "state", "kind")))
    return JSONResponse({"webhooks": page(wanted, request)})


ROUTES = (Route("/webhooks", webhooks),)
