"""Deliver webhooks to the inboxes of this server without a socket, where HTTP would add nothing.

uvloop accepts one connection per turn of its loop. Under load, a webhook to this server over a
socket would wait behind all requests.
"""

import re
from typing import Final

from mockserver.core.webhook import DEPTH_HEADER, DeliveryResult
from mockserver.delivery.http_request import CLOSE, HttpRequest
from mockserver.runtime.inboxes import ReceivedRequest
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, SandboxRegistry
from mockserver.store.records import StoreUnavailable

INBOX_PATH: Final = re.compile(
    r"(?:/_sandbox/([\w.-]+))?(/_mock/receive/([\w.-]+))(?:\?(.*))?", re.ASCII
)
METHODS: Final = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
SERVER_HEADERS: Final = frozenset(("x-mock-sandbox", DEPTH_HEADER, "content-encoding"))
"""Headers that the server itself evaluates: requests with one go over HTTP."""

UNAVAILABLE: Final = 503

MAX_BODY: Final = 65_536  # bytes of a body


async def deliver_to_inbox(
    registry: SandboxRegistry, request: HttpRequest
) -> DeliveryResult | None:
    """Deliver a request to an inbox; None if it has to go over HTTP.

    That is a request to any other path, to an unknown sandbox, or one that the server would not
    simply hand to the inbox.
    """
    match = INBOX_PATH.fullmatch(request.path)
    if match is None or not _is_eligible(request):
        return None
    sandbox_name, path, inbox_name, query = match.groups("")
    name = sandbox_name or DEFAULT_SANDBOX
    if name in registry.asleep:
        await registry.wake(name)
    if registry.find(name) is None:
        return None
    sandbox = registry.get_or_create(name)
    received = ReceivedRequest(
        sandbox.clock.now(), request.method, path, query, dict(request.headers), request.body
    )
    status = await sandbox.receive_webhook(inbox_name, received)
    return DeliveryResult(status if await _is_stored(registry, sandbox) else UNAVAILABLE)


async def _is_stored(registry: SandboxRegistry, sandbox: Sandbox) -> bool:
    """Wait until what an inbox has received is stored; return False if that cannot be now."""
    if registry.durability is None:
        return True
    try:
        await registry.durability.wait_for(sandbox)
    except StoreUnavailable:
        return False
    return True


def _is_eligible(request: HttpRequest) -> bool:
    is_plain = (
        request.method in METHODS
        and len(request.body) <= MAX_BODY
        and request.headers["connection"] == CLOSE
    )
    return is_plain and SERVER_HEADERS.isdisjoint(request.headers)
