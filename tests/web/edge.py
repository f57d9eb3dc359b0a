"""The whole edge in one process: sandboxes, a guard, and a courier that remembers or knocks."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.types import ASGIApp

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import ORIGIN_PLACEHOLDER as OWN
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.web.access_control import AccessControl
from tests.conftest import CLICK, START
from tests.house import ORIGIN, built

C2C = "/api/v2/voice/c2c"
KEY = "top-secret-bearer"
HEADERS = {"authorization": f"Bearer {KEY}", "accept": "application/json"}
PROBLEM = "application/problem+json"
IDLE = {"until": "idle"}
SOON = 0.2
"""Seconds of this process for one answer, whatever else the machine does meanwhile."""


class Postman:
    """Remembers what it carried; what is for an inbox of this very site gets there."""

    def __init__(self) -> None:
        self.carried: list[Delivery] = []
        self.app: ASGIApp | None = None

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        self.carried.append(delivery)
        webhook = delivery.webhook
        if self.app is None or not webhook.url.startswith(OWN):
            return DeliveryResult(200, body=b"thanks", duration_ms=7)
        url = webhook.url.replace(OWN, ORIGIN, 1)
        async with client(self.app) as there:
            told = await there.request(webhook.method, url, json=webhook.body)
        return DeliveryResult(told.status_code, body=told.content, duration_ms=7)


@dataclass(frozen=True, slots=True)
class Edge:
    sandboxes: SandboxRegistry
    app: ASGIApp
    postman: Postman

    @property
    def default(self) -> Sandbox:
        return self.sandboxes.get("default")

    def send(self, request: httpx.Request) -> httpx.Response:
        """One request in an event loop of its own."""

        async def sent() -> httpx.Response:
            async with client(self.app) as there:
                return await there.send(request)

        return asyncio.run(sent())

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.send(asking(method, path, **more))

    def read(self, path: str, **more: Any) -> Any:
        answer = self.ask("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def place(self, *stories: str, path: str = C2C, **fields: object) -> httpx.Response:
        """A Mobtexting click-to-call, the documented fields first and `fields` over them."""
        headers = HEADERS | ({"x-mock-scenario": ", ".join(stories)} if stories else {})
        return self.ask("POST", path, json={**CLICK, **fields}, headers=headers)

    def advance(self, prefix: str = "", **goal: object) -> Any:
        answer = self.ask("POST", f"{prefix}/_mock/clock/advance", json=goal or IDLE)
        assert answer.status_code == 200, answer.text
        return answer.json()


def client(app: ASGIApp) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN)


def asking(method: str, path: str, **more: Any) -> httpx.Request:
    """A request whose Host is exactly as `hosts` says: none, one or several."""
    hosts = more.pop("hosts", None)
    request = httpx.Request(method, f"{ORIGIN}{path}", **more)
    if hosts is not None:
        others = [pair for pair in request.headers.raw if pair[0].lower() != b"host"]
        named = [(b"Host", host.encode("latin-1")) for host in hosts]
        request.headers = httpx.Headers([*named, *others])
    return request


def opened(
    world: Configuration,
    guard: AccessControl | None = None,
    origins: tuple[str, ...] = (ORIGIN,),
    mode: str = "manual",
) -> Edge:
    postman = Postman()
    sandboxes, app = built(world, Timing(mode, START), postman, guard, origins)
    return Edge(sandboxes, app, postman)


def knocking(world: Configuration) -> Edge:
    """Webhooks for inboxes of the site itself get there."""
    edge = opened(world)
    edge.postman.app = edge.app
    return edge


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, title and detail of a problem, whose outer form is checked on the way."""
    told = answer.json()
    assert answer.headers["content-type"] == PROBLEM
    assert list(told)[:4] == ["type", "title", "status", "detail"]
    assert (told["type"], told["status"]) == ("about:blank", answer.status_code)
    assert answer.headers["x-mock-problem"] == told["title"].replace(" ", "-")
    return answer.status_code, told["title"], told["detail"]


def state(edge: Edge) -> list[tuple[object, ...]]:
    """All that a control request can change, of every sandbox."""
    return [
        (
            one.name,
            one.state.epoch,
            one.state.entry_count,
            one.state.request_count,
            one.clock.mode,
            one.clock.now(),
            one.state.configuration.seed,
            [*one.state.activations],
            {**one.state.accounts},
            {**one.state.calls},
            {**one.state.deliveries},
            {**one.uploaded_scenarios},
            {name: (len(box.requests), [*box.statuses], box.delay)
             for name, box in one.inboxes.items()},
        )
        for one in edge.sandboxes
    ]  # fmt: skip


def soon(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer; it may be asked for thrice, as a machine that is busy makes all dear."""
    for _ in range(3):
        since = time.process_time()
        answer = ask()
        if time.process_time() - since < SOON:
            return answer
    raise AssertionError(f"no answer within {SOON} s of CPU")
