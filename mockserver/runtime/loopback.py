"""Deliver webhooks to the inboxes of this server without a socket, where HTTP would add nothing.

uvloop accepts one connection per turn of its loop. Under load, a webhook to this server over a
socket would wait behind all requests.
"""

import re
from typing import Final

from mockserver.core.webhook import DEPTH_HEADER, DeliveryResult
from mockserver.delivery.http_request import CLOSE, HttpRequest
from mockserver.runtime.inboxes import ReceivedRequest
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, SandboxRegistry

INBOX_PATH: Final = re.compile(
    r"(?:/_sandbox/([\w.-]+))?(/_mock/receive/([\w.-]+))(?:\?(.*))?", re.ASCII
)
METHODS: Final = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
SERVER_HEADERS: Final = frozenset(("x-mock-sandbox", DEPTH_HEADER, "content-encoding"))
"""Headers that the server itself evaluates: requests with one go over HTTP."""

MAX_BODY: Final = 65_536  # bytes of a body


async def deliver_to_inbox(
    registry: SandboxRegistry, request: HttpRequest
) -> DeliveryResult | None:
    """Deliver a request to an inbox; None if it has to go over HTTP.

    That is a request to any other path, to an unknown sandbox, or one that the server would not
    simply hand to the inbox.
    """
    match = INBOX_PATH.fullmatch(request.path)
    if (
        match is None
        or registry.find(match[1] or DEFAULT_SANDBOX) is None
        or not _is_eligible(request)
    ):
        return None
    sandbox_name, path, inbox_name, query = match.groups("")
    sandbox = registry.get_or_create(sandbox_name or DEFAULT_SANDBOX)
    received = ReceivedRequest(
        sandbox.clock.now(), request.method, path, query, dict(request.headers), request.body
    )
    return DeliveryResult(await sandbox.receive_webhook(inbox_name, received))


def _is_eligible(request: HttpRequest) -> bool:
    is_plain = (
        request.method in METHODS
        and len(request.body) <= MAX_BODY
        and request.headers["connection"] == CLOSE
    )
    return is_plain and SERVER_HEADERS.isdisjoint(request.headers)
