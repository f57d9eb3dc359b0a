"""The sandbox of one test: its clients, and the strict checks after the test."""

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
    """A server; `asgi_apps` maps origins to attached applications, None if it is external."""

    origin: str
    token: str = ""
    asgi_apps: Any = None


class AttachingMockServer(MockServer):
    """A client that can attach ASGI applications to the plugin's own server."""

    def __init__(self, server: ServerHandle, sandbox: str) -> None:
        super().__init__(server.origin, sandbox, server.token)
        self._server = server

    def attach(self, origin: str, application: Any) -> None:
        """Deliver webhooks for this origin directly to an ASGI application."""
        _attach(self._server, origin, application, None)


class AttachingAsyncMockServer(AsyncMockServer):
    """The asynchronous client; it calls an application in the event loop that attached it."""

    def __init__(self, server: ServerHandle, sandbox: str) -> None:
        super().__init__(server.origin, sandbox, server.token)
        self._server = server

    async def attach(self, origin: str, application: Any) -> None:
        """Deliver webhooks for this origin directly to an ASGI application."""
        _attach(self._server, origin, application, asyncio.get_running_loop())


def _attach(server: ServerHandle, origin: str, application: Any, loop: Any) -> None:
    if server.asgi_apps is None:
        pytest.fail("attach() needs the plugin's own server, not one of --mock-calls-url")
    from mockserver.delivery.asgi import AttachedApp  # noqa: PLC0415 - not every session needs it

    server.asgi_apps[origin.rstrip("/")] = AttachedApp(application, loop)


SANDBOX_KEY: pytest.StashKey[MockServer] = pytest.StashKey()


@contextmanager
def sandbox_for_test(node: pytest.Item, server: ServerHandle, name: str) -> Iterator[None]:
    """Create a sandbox before the test; check it, unless not strict, and delete it afterwards.

    The keyword arguments of the marker `mock_calls` override the options of the sandbox.
    """
    mark = node.get_closest_marker("mock_calls")
    options = dict(mark.kwargs) if mark else {}
    strict = options.pop("strict", True)
    with MockServer(server.origin, name, server.token) as client:
        seed = sandbox_name(node, shared=False)
        client.open(**{"clock": "manual", "start_at": START, "seed": seed, **options})
        node.stash[SANDBOX_KEY] = client
        yield
        problems = tuple(strict_problems(client)) if strict else ()
        client.drop()
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


def strict_problems(client: MockServer) -> Iterator[str]:
    """Yield what makes a strict test fail."""
    for request in client.requests():
        if request.problem == "unknown-path":
            yield f"unknown path: {request.method} {request.path}"
        elif request.problem:
            detail = request.response["detail"]
            yield f"refused by the mock server: {request.method} {request.path}: {detail}"
    for call in client.calls():
        if "person" in call.waiting:
            yield f"call {call.id} is left waiting for a person"
    for entry in client.journal():
        if entry["type"] == "error":
            yield f"a fault of the mock server: {entry['error']}"
        elif entry["type"] == "ignored" and entry["strict"]:
            yield f"ignored: scenario {entry['scenario']}: {entry['what']}: {entry['reason']}"


def timeline_text(client: MockServer) -> str:
    try:
        return client.timeline()
    except Exception as error:  # noqa: BLE001 - a missing timeline must not break the report
        return f"(it could not be asked: {error})"


def sandbox_name(node: pytest.Item, *, shared: bool) -> str:
    """Return a name that is unique to the test and, if the server is `shared`, to this run."""
    digest = hashlib.blake2b(node.nodeid.encode(), digest_size=8).hexdigest()
    return f"test-{digest}-{secrets.token_hex(4)}" if shared else f"test-{digest}"
