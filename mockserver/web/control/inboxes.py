"""The ready-made webhook receiver, and a look at what it received."""

from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.core.time import format_iso
from mockserver.runtime.inboxes import Inbox, ReceivedRequest
from mockserver.web import masking
from mockserver.web.control.reading import object_of, read, sandbox_of
from mockserver.web.legible import legible

STATUSES: Final = range(200, 600)
LONGEST: Final = 60  # seconds of delay
FORM: Final = (
    'send {"answers": [500, 500, 200], "delay": 0}: answers from 200 to 599, delay up to 60 s'
)


async def receive(request: Request) -> Response:
    """Takes anything by any method, and answers 200 or as programmed."""
    sandbox = sandbox_of(request)
    body = await read(request)
    come = ReceivedRequest(
        sandbox.clock.now(),
        request.method,
        request.url.path,
        request.url.query,
        dict(request.headers),
        body,
    )
    return Response(b"", await sandbox.inboxes[request.path_params["name"]].receive(come))


async def show(request: Request) -> Response:
    sandbox, name = sandbox_of(request), request.path_params["name"]
    received = sandbox.inboxes.get(name, Inbox()).requests
    salt = sandbox.state.configuration.seed
    return JSONResponse({"name": name, "received": [_printed(one, salt) for one in received]})


async def empty(request: Request) -> Response:
    sandbox_of(request).inboxes.pop(request.path_params["name"], None)
    return Response(status_code=204)


async def program(request: Request) -> Response:
    """`{"answers": [500, 500, 200], "delay": 0}`: the statuses of the next answers, then 200."""
    wanted = await object_of(request)
    answers, delay = wanted.get("answers", []), wanted.get("delay", 0)
    if wanted.keys() - {"answers", "delay"} or not (_statuses(answers) and _seconds(delay)):
        raise HTTPException(422, FORM)
    box = sandbox_of(request).inboxes[request.path_params["name"]]
    box.statuses.clear()
    box.statuses.extend(answers)
    box.delay = delay
    return JSONResponse({"answers": answers, "delay": delay})


def _statuses(answers: Any) -> bool:
    return isinstance(answers, list) and all(
        type(one) is int and one in STATUSES for one in answers
    )


def _seconds(delay: Any) -> bool:
    return type(delay) in (int, float) and 0 <= delay <= LONGEST


def _printed(one: ReceivedRequest, salt: str) -> dict[str, Any]:
    return {
        "at": format_iso(one.at),
        "method": one.method,
        "query": masking.query(one.query, salt),
        "headers": masking.headers(one.headers, salt),
        "body": masking.value(legible(one.body), salt),
        "status": one.status,
    }


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
OPEN = (Route("/inbox/{name}", receive, methods=METHODS),)
ROUTES = (
    *OPEN,
    Route("/inboxes/{name}", show, methods=["GET"]),
    Route("/inboxes/{name}", program, methods=["PUT"]),
    Route("/inboxes/{name}", empty, methods=["DELETE"]),
)
