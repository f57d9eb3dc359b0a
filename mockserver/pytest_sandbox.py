"""The sandbox of one test: its clients, and what is judged of it in the end."""

import asyncio
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from mockserver.client import AsyncMockServer, MockServer

START = "2026-01-01T09:00:00Z"


class ServerHandle(NamedTuple):
    """Where the server is; `attached` is None where it is somebody else's."""

    origin: str
    token: str = ""
    asgi_apps: Any = None


class AttachingMockServer(MockServer):
    """A client whose server is ours, so that applications can be attached to it."""

    def __init__(self, server: ServerHandle, sandbox: str) -> None:
        super().__init__(server.origin, sandbox, server.token)
        self._server = server

    def attach(self, origin: str, application: Any) -> None:
        """Deliver webhooks for this origin straight into an ASGI application."""
        _attach(self._server, origin, application, None)


class AttachingAsyncMockServer(AsyncMockServer):
    """As above; the application is called in the event loop that attaches it."""

    def __init__(self, server: ServerHandle, sandbox: str) -> None:
        super().__init__(server.origin, sandbox, server.token)
        self._server = server

    async def attach(self, origin: str, application: Any) -> None:
        """Deliver webhooks for this origin straight into an ASGI application."""
        _attach(self._server, origin, application, asyncio.get_running_loop())


def _attach(server: ServerHandle, origin: str, application: Any, loop: Any) -> None:
    if server.asgi_apps is None:
        pytest.fail("attach() needs the plugin's own server, not one of --mock-calls-url")
    from mockserver.delivery.asgi import AttachedApp  # noqa: PLC0415 - not with every pytest

    server.asgi_apps[origin.rstrip("/")] = AttachedApp(application, loop)


SANDBOX_KEY: pytest.StashKey[MockServer] = pytest.StashKey()


@contextmanager
def sandbox_for_test(node: pytest.Item, server: ServerHandle, name: str) -> Iterator[None]:
    """Opened before the test; judged and dropped after it."""
    mark = node.get_closest_marker("mock_calls")
    told = dict(mark.kwargs) if mark else {}
    strict = told.pop("strict", True)
    with MockServer(server.origin, name, server.token) as client:
        seed = sandbox_name(node, shared=False)
        client.open(**{"clock": "manual", "start_at": START, "seed": seed, **told})
        node.stash[SANDBOX_KEY] = client
        yield
        found = tuple(strict_problems(client)) if strict else ()
        client.drop()
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def strict_problems(client: MockServer) -> Iterator[str]:
    """What a strict test does not put up with."""
    for request in client.requests():
        if not request.provider:
            yield f"unknown path: {request.method} {request.path}"
    for call in client.calls():
        if "person" in call.waiting:
            yield f"call {call.id} is left waiting for a person"
    for fact in client.journal():
        if fact["fact"] == "error":
            yield f"a fault of the mock server: {fact['error']}"


def timeline_text(client: MockServer) -> str:
    try:
        return client.timeline()
    except Exception as error:  # noqa: BLE001 - a report must not fail for want of its appendix
        return f"(it could not be asked: {error})"


def sandbox_name(node: pytest.Item, *, shared: bool) -> str:
    """A name that no other test has, nor another run against a server that is shared."""
    digest = hashlib.blake2b(node.nodeid.encode(), digest_size=8).hexdigest()
    return f"test-{digest}-{secrets.token_hex(4)}" if shared else f"test-{digest}"
