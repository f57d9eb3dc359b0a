"""The whole application in this process, for requests with any Host and in any sandbox."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.types import ASGIApp

from mockserver.core.configuration import Configuration
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.web.access_control import AccessControl
from tests.support import read
from tests.support.dispatchers import RecordingDispatcher, receive_in_app
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH, START
from tests.support.site import HEADERS, ORIGIN, build_client, build_site

UNTIL_IDLE = {"until": "idle"}
PROMPT_SECONDS = 0.2
"""CPU seconds of this process that one response may take."""


@dataclass(frozen=True, slots=True)
class EdgeSite:
    registry: SandboxRegistry
    app: ASGIApp
    dispatcher: RecordingDispatcher

    @property
    def default(self) -> Sandbox:
        return self.registry.get_or_create("default")

    def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request in an event loop of its own."""

        async def main() -> httpx.Response:
            async with build_client(self.app) as client:
                return await client.send(request)

        return asyncio.run(main())

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.send(build_request(method, path, **more))

    def get_json(self, path: str, **more: Any) -> Any:
        response = self.request("GET", path, **more)
        assert response.status_code == 200, response.text
        return response.json()

    def click_to_call(
        self, *scenarios: str, path: str = CLICK_TO_CALL_PATH, **fields: object
    ) -> httpx.Response:
        """Request a Mobtexting click-to-call with the documented fields, changed by `fields`."""
        headers = HEADERS | ({"x-mock-scenario": ", ".join(scenarios)} if scenarios else {})
        return self.request("POST", path, json={**CLICK_TO_CALL, **fields}, headers=headers)

    def advance(self, prefix: str = "", **goal: object) -> Any:
        response = self.request("POST", f"{prefix}/_mock/clock/advance", json=goal or UNTIL_IDLE)
        assert response.status_code == 200, response.text
        return response.json()


def build_request(method: str, path: str, **more: Any) -> httpx.Request:
    """Build a request with a Host header for each of `hosts`, or with the usual one without it."""
    hosts = more.pop("hosts", None)
    request = httpx.Request(method, f"{ORIGIN}{path}", **more)
    if hosts is not None:
        others = [pair for pair in request.headers.raw if pair[0].lower() != b"host"]
        host_fields = [(b"Host", host.encode("latin-1")) for host in hosts]
        request.headers = httpx.Headers([*host_fields, *others])
    return request


def build_edge_site(
    configuration: Configuration,
    access_control: AccessControl | None = None,
    origins: tuple[str, ...] = (ORIGIN,),
    mode: str = "manual",
) -> EdgeSite:
    dispatcher = RecordingDispatcher()
    sandboxes, app = build_site(
        configuration, Timing(mode=mode, start=START), dispatcher, access_control, origins
    )
    return EdgeSite(sandboxes, app, dispatcher)


def build_looping_site(configuration: Configuration) -> EdgeSite:
    """Build a site that delivers webhooks to its own inboxes."""
    edge = build_edge_site(configuration)
    edge.dispatcher.receive = receive_in_app(edge.app)
    return edge


def control_state(edge: EdgeSite) -> list[tuple[object, ...]]:
    """Return everything that a control request can change, for every sandbox.

    The traces of requests that the mock server itself has refused do not count.
    """
    return [
        (
            sandbox.name,
            sandbox.state.epoch,
            read.entry_count(sandbox.state) - read.own_refusal_count(sandbox.state),
            read.request_count(sandbox.state) - read.own_refusal_count(sandbox.state),
            sandbox.clock.mode,
            sandbox.clock.now(),
            sandbox.state.configuration.seed,
            [*read.activations(sandbox.state)],
            {**read.accounts(sandbox.state)},
            {**read.calls(sandbox.state)},
            {**read.deliveries(sandbox.state)},
            {**sandbox.uploaded_scenarios},
            {name: (len(box.requests), [*box.statuses], box.delay)
             for name, box in sandbox.inboxes.items()},
            sandbox.receivers.by_origin,
        )
        for sandbox in edge.registry
    ]  # fmt: skip


def respond_promptly(send: Callable[[], httpx.Response]) -> httpx.Response:
    """Return a prompt response; a busy machine gets three tries."""
    for _ in range(3):
        start = time.process_time()
        response = send()
        if time.process_time() - start < PROMPT_SECONDS:
            return response
    raise AssertionError(f"no response within {PROMPT_SECONDS} s of CPU")
