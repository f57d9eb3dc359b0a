"""Keeps the sandbox of a request awake, and builds it again first if it sleeps."""

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.web.dependencies import RequestInfo, request_info_in


def keep_awake(sandboxes: SandboxRegistry, handle: ASGIApp) -> ASGIApp:
    """Wrap an application: the sandbox of a request does not sleep until the request has ended.

    Without a store, none ever does.
    """
    if not sandboxes.durability:
        return handle

    async def handle_awake(scope: Scope, receive: Receive, send: Send) -> None:
        info = request_info_in(scope)
        sandboxes.sleeping.uses[id(info)] = info
        try:
            await wake(sandboxes, info.sandbox_name, info)
            await handle(scope, receive, send)
        finally:
            del sandboxes.sleeping.uses[id(info)]

    return handle_awake


async def wake(sandboxes: SandboxRegistry, name: str, info: RequestInfo) -> None:
    """Build the sandbox of a request again, if it sleeps and has room."""
    if name in sandboxes.asleep:
        await sandboxes.wake(name)
        info.sandbox = sandboxes.find(name)
