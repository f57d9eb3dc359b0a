"""The ready-made webhook receiver, and a look at what it received."""

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.core.time import iso
from mockserver.runtime.inboxes import Inbox, Received
from mockserver.web.control.reading import sandbox_of
from mockserver.web.problems import problem


async def receive(request: Request) -> Response:
    """Takes anything by any method, and answers 200 or as programmed."""
    sandbox = sandbox_of(request)
    box = sandbox.inboxes[request.path_params["name"]]
    status = box.next_status()
    box.received.append(
        Received(
            sandbox.clock.now(),
            request.method,
            request.url.path,
            request.url.query,
            dict(request.headers),
            await request.body(),
            status,
        )
    )
    if box.delay:
        await asyncio.sleep(box.delay)
    return Response(b"", status)


async def show(request: Request) -> Response:
    name = request.path_params["name"]
    box = sandbox_of(request).inboxes.get(name, Inbox())
    return JSONResponse({"name": name, "received": [_printed(one) for one in box.received]})


async def empty(request: Request) -> Response:
    sandbox_of(request).inboxes.pop(request.path_params["name"], None)
    return Response(status_code=204)


async def program(request: Request) -> Response:
    """`{"answers": [500, 500, 200], "delay": 0}`: the statuses of the next answers, then 200."""
    try:
        wanted = json.loads(await request.body())
        answers = [int(status) for status in wanted.get("answers", [])]
        delay = float(wanted.get("delay", 0))
    except (ValueError, TypeError, AttributeError):
        return problem(422, "bad inbox", 'send {"answers": [500, 500, 200], "delay": 0}')
    if not all(200 <= status <= 599 for status in answers) or not 0 <= delay <= 60:  # noqa: PLR2004 - HTTP's
        return problem(422, "bad inbox", "answers are from 200 to 599, delay is from 0 to 60 s")
    box = sandbox_of(request).inboxes[request.path_params["name"]]
    box.answers.clear()
    box.answers.extend(answers)
    box.delay = delay
    return JSONResponse({"answers": answers, "delay": delay})


def _printed(one: Received) -> dict[str, Any]:
    return {
        "at": iso(one.at),
        "method": one.method,
        "query": one.query,
        "headers": dict(one.headers),
        "body": _read(one.body),
        "status": one.status,
    }


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
ROUTES = (
    Route("/inbox/{name}", receive, methods=METHODS),
    Route("/inboxes/{name}", show, methods=["GET"]),
    Route("/inboxes/{name}", program, methods=["PUT"]),
    Route("/inboxes/{name}", empty, methods=["DELETE"]),
)
