"""Maps origins of webhooks to other addresses, for one sandbox, and lists them."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.address_policy import AddressPolicy
from mockserver.runtime.receivers import (
    MAX_RECEIVERS,
    NoReceiver,
    Receiver,
    Receivers,
    TooManyReceivers,
    build_receiver,
    parse_origin,
)
from mockserver.web.control.params import existing_sandbox_of, read_json_object, sandbox_of
from mockserver.web.problems import ProblemError

USAGE = (
    'send {"http://app.test": "localhost:4123"}: the origin in the URLs of webhooks, and the '
    "address that gets them; null in place of the address ends that"
)


async def list_receivers(request: Request) -> JSONResponse:
    return _respond(sandbox_of(request).receivers)


async def patch_receivers(request: Request) -> JSONResponse:
    """Send the webhooks for each origin of the body to its address, or again to the origin itself.

    The body is `{"http://app.test": "localhost:4123", "http://old.test": null}`. One that only
    removes creates no sandbox, so that a client can send it when its sandbox may be gone.
    """
    body = await read_json_object(request)
    adds = any(address is not None for address in body.values())
    sandbox = sandbox_of(request) if adds else existing_sandbox_of(request)
    try:
        added = tuple(_read_added(body, sandbox.state.configuration.policy))
        removed = tuple(parse_origin(origin) for origin in body if body[origin] is None)
        sandbox.receivers.change(added, removed)
    except NoReceiver as error:
        raise ProblemError("invalid-body", f"{error}; {USAGE}") from None
    except TooManyReceivers:
        detail = f"a sandbox can have at most {MAX_RECEIVERS} receivers; {USAGE}"
        raise ProblemError("invalid-body", detail) from None
    return _respond(sandbox.receivers)


def _read_added(body: Mapping[str, Any], policy: AddressPolicy) -> list[Receiver]:
    return [
        build_receiver(parse_origin(origin), str(address), policy)
        for origin, address in body.items()
        if address is not None
    ]


def _respond(receivers: Receivers) -> JSONResponse:
    return JSONResponse({"receivers": receivers.by_origin})


ROUTES = (
    Route("/receivers", list_receivers, methods=["GET"]),
    Route("/receivers", patch_receivers, methods=["PATCH"]),
)
