"""Serves the built-in webhook receivers, and lists what they have received."""

from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.core.old_words import OLD_INBOX_KEYS
from mockserver.core.time import format_iso
from mockserver.runtime.inboxes import Inbox, ReceivedRequest
from mockserver.web.control.listing import encoded, respond_with_json
from mockserver.web.control.params import (
    check_keys,
    check_old_words,
    dependencies_of,
    existing_sandbox_of,
    read_json_object,
    read_request_body,
    sandbox_of,
)
from mockserver.web.problems import ProblemError
from mockserver.web.redaction import redact_item
from mockserver.web.slices import Job, weigh
from mockserver.web.views.body_preview import preview_body

STATUS_RANGE: Final = range(200, 600)
MAX_DELAY: Final = 60  # real seconds
USAGE: Final = (
    'send {"responses": [500, 500, 200], "delay": 0}: responses from 200 to 599, delay up to 60 s'
)


async def receive_webhook(request: Request) -> Response:
    """Accept any request but that of a foreign page; respond 200, or as programmed."""
    access_control = dependencies_of(request).access_control
    if foreign := access_control.check_inbox_request(request.headers):
        return foreign
    sandbox = existing_sandbox_of(request)
    body = await read_request_body(request)
    received = ReceivedRequest(
        sandbox.clock.now(),
        request.method,
        request.url.path,
        request.url.query,
        dict(request.headers),
        body,
    )
    status = await sandbox.receive_webhook(request.path_params["name"], received)
    return Response(b"", status)


async def list_inboxes(request: Request) -> JSONResponse:
    """List the inboxes by name: how much they keep, and how they respond next."""
    inboxes = sorted(sandbox_of(request).inboxes.items())
    return JSONResponse({"inboxes": [_serialize_inbox(*each) for each in inboxes]})


async def get_inbox(request: Request) -> Response:
    sandbox, name = sandbox_of(request), request.path_params["name"]
    inbox = sandbox.inboxes.get(name, Inbox())
    salt = sandbox.state.configuration.seed
    jobs = (
        encoded(Job(weigh(each.body, each.query), partial(_serialize_request, each, salt)))
        for each in inbox.requests
    )
    members, before = {"evicted": inbox.evicted}, {"name": name}
    return await respond_with_json(request, "received", jobs, members, before)


async def delete_inbox(request: Request) -> Response:
    sandbox_of(request).clear_inbox(request.path_params["name"])
    return Response(status_code=204)


async def program_inbox(request: Request) -> Response:
    """Set the statuses of the next responses, then 200, and the delay of each in real seconds.

    The body is `{"responses": [500, 500, 200], "delay": 0}`.
    """
    body = await read_json_object(request)
    check_old_words(body, OLD_INBOX_KEYS)
    statuses, delay = body.get("responses", []), body.get("delay", 0)
    check_keys(body, ("responses", "delay"), "an inbox")
    if not (_are_statuses(statuses) and _is_delay(delay)):
        raise ProblemError("invalid-body", USAGE)
    sandbox_of(request).program_inbox(request.path_params["name"], statuses, delay)
    return JSONResponse({"responses": statuses, "delay": delay})


def _are_statuses(statuses: Any) -> bool:
    return isinstance(statuses, list) and all(
        type(status) is int and status in STATUS_RANGE for status in statuses
    )


def _is_delay(delay: Any) -> bool:
    return type(delay) in (int, float) and 0 <= delay <= MAX_DELAY


def _serialize_inbox(name: str, inbox: Inbox) -> dict[str, Any]:
    return {
        "name": name,
        "received": len(inbox.requests),
        "evicted": inbox.evicted,
        "responses": list(inbox.statuses),
        "delay": inbox.delay,
    }


def _serialize_request(request: ReceivedRequest, salt: str) -> dict[str, Any]:
    serialized = {
        "at": format_iso(request.at),
        "method": request.method,
        "query": request.query,
        "headers": request.headers,
        "body": preview_body(request.body),
        "status": request.status,
    }
    return redact_item(serialized, salt)


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
PUBLIC_ROUTES = (Route("/receive/{name}", receive_webhook, methods=METHODS),)
ROUTES = (
    *PUBLIC_ROUTES,
    Route("/inboxes", list_inboxes),
    Route("/inboxes/{name}", get_inbox, methods=["GET"]),
    Route("/inboxes/{name}", program_inbox, methods=["PUT"]),
    Route("/inboxes/{name}", delete_inbox, methods=["DELETE"]),
)
