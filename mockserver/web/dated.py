"""Tells the sandbox's time beside every answer that does not tell it already."""

from starlette.types import Message, Scope, Send

from mockserver.core.time import format_iso
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX
from mockserver.web.parts import Parts

NOW = b"x-mock-now"


def dated(send: Send, scope: Scope) -> Send:
    """`send`, with the time of the sandbox that the request has come to by then."""

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            parts: Parts = scope["parts"]
            sandbox: Sandbox = scope["sandbox"] or parts.sandboxes.get(DEFAULT_SANDBOX)
            headers = message["headers"]
            if all(name != NOW for name, _ in headers):
                message["headers"] = [*headers, (NOW, format_iso(sandbox.clock.now()).encode())]
        await send(message)

    return tell
