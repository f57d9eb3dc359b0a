"""Hands a webhook to an inbox of this server without a socket, where HTTP would add nothing.

Our own front door is as busy as we are: uvloop lets one connection in at each turn of its loop, so
that under load a webhook to ourselves would wait behind all requests.
"""

import re
from typing import Final

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.http_request import HttpRequest
from mockserver.runtime.inboxes import ReceivedRequest
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, SandboxRegistry

INBOX_PATH: Final = re.compile(
    r"(?:/_sandbox/([\w.-]+))?(/_mock/inbox/([\w.-]+))(?:\?(.*))?", re.ASCII
)
METHODS: Final = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
SERVER_HEADERS: Final = frozenset(("x-mock-sandbox", "content-encoding", "connection"))
"""Headers that the server itself heeds."""

MAX_BODY: Final = 65_536  # bytes of a body


async def deliver_to_inbox(
    registry: SandboxRegistry, request: HttpRequest
) -> DeliveryResult | None:
    """The inbox's answer; None for what is not plain enough, or meant for something else."""
    found = INBOX_PATH.fullmatch(request.path)
    if (
        found is None
        or registry.find(found[1] or DEFAULT_SANDBOX) is None
        or not _is_eligible(request)
    ):
        return None
    prefixed, path, name, query = found.groups("")
    sandbox = registry.get(prefixed or DEFAULT_SANDBOX)
    come = ReceivedRequest(
        sandbox.clock.now(), request.method, path, query, dict(request.headers), request.body
    )
    return DeliveryResult(await sandbox.inboxes[name].receive(come))


def _is_eligible(request: HttpRequest) -> bool:
    usual = request.method in METHODS and len(request.body) <= MAX_BODY
    return usual and SERVER_HEADERS.isdisjoint(request.headers)
