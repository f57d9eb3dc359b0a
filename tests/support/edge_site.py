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
from tests.support import read
from tests.support.simulation import CLICK_TO_CALL, START
from tests.support.site import ORIGIN, build_site

CLICK_TO_CALL_PATH = "/api/v2/voice/c2c"
KEY = "top-secret-bearer"
HEADERS = {"authorization": f"Bearer {KEY}", "accept": "application/json"}
PROBLEM_MEDIA_TYPE = "application/problem+json"
UNTIL_IDLE = {"until": "idle"}
PROMPT_SECONDS = 0.2
"""Seconds of this process for one answer, whatever else the machine does meanwhile."""


class LoopbackDispatcher:
    """Remembers what it carried; what is for an inbox of this very site gets there."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.app: ASGIApp | None = None

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        self.deliveries.append(delivery)
        webhook = delivery.webhook
        if self.app is None or not webhook.url.startswith(OWN):
            return DeliveryResult(status=200, body=b"thanks", duration_ms=7)
        url = webhook.url.replace(OWN, ORIGIN, 1)
        async with build_client(self.app) as there:
            told = await there.request(webhook.method, url, json=webhook.body)
        return DeliveryResult(status=told.status_code, body=told.content, duration_ms=7)


@dataclass(frozen=True, slots=True)
class EdgeSite:
    registry: SandboxRegistry
    app: ASGIApp
    dispatcher: LoopbackDispatcher

    @property
    def default(self) -> Sandbox:
        return self.registry.get("default")

    def send(self, request: httpx.Request) -> httpx.Response:
        """One request in an event loop of its own."""

        async def sent() -> httpx.Response:
            async with build_client(self.app) as there:
                return await there.send(request)

        return asyncio.run(sent())

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.send(build_request(method, path, **more))

    def get_json(self, path: str, **more: Any) -> Any:
        answer = self.request("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def click_to_call(
        self, *stories: str, path: str = CLICK_TO_CALL_PATH, **fields: object
    ) -> httpx.Response:
        """A Mobtexting click-to-call, the documented fields first and `fields` over them."""
        headers = HEADERS | ({"x-mock-scenario": ", ".join(stories)} if stories else {})
        return self.request("POST", path, json={**CLICK_TO_CALL, **fields}, headers=headers)

    def advance(self, prefix: str = "", **goal: object) -> Any:
        answer = self.request("POST", f"{prefix}/_mock/clock/advance", json=goal or UNTIL_IDLE)
        assert answer.status_code == 200, answer.text
        return answer.json()


def build_client(app: ASGIApp) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN)


def build_request(method: str, path: str, **more: Any) -> httpx.Request:
    """A request whose Host is exactly as `hosts` says: none, one or several."""
    hosts = more.pop("hosts", None)
    request = httpx.Request(method, f"{ORIGIN}{path}", **more)
    if hosts is not None:
        others = [pair for pair in request.headers.raw if pair[0].lower() != b"host"]
        named = [(b"Host", host.encode("latin-1")) for host in hosts]
        request.headers = httpx.Headers([*named, *others])
    return request


def build_edge_site(
    configuration: Configuration,
    guard: AccessControl | None = None,
    origins: tuple[str, ...] = (ORIGIN,),
    mode: str = "manual",
) -> EdgeSite:
    postman = LoopbackDispatcher()
    sandboxes, app = build_site(
        configuration, Timing(mode=mode, start=START), postman, guard, origins
    )
    return EdgeSite(sandboxes, app, postman)


def build_looping_site(configuration: Configuration) -> EdgeSite:
    """Webhooks for inboxes of the site itself get there."""
    edge = build_edge_site(configuration)
    edge.dispatcher.app = edge.app
    return edge


def read_problem(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, title and detail of a problem, whose outer form is checked on the way."""
    told = answer.json()
    assert answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    assert list(told)[:4] == ["type", "title", "status", "detail"]
    assert (told["type"], told["status"]) == ("about:blank", answer.status_code)
    assert answer.headers["x-mock-problem"] == told["title"].replace(" ", "-")
    return answer.status_code, told["title"], told["detail"]


def control_state(edge: EdgeSite) -> list[tuple[object, ...]]:
    """All that a control request can change, of every sandbox."""
    return [
        (
            one.name,
            one.state.epoch,
            read.entry_count(one.state),
            read.request_count(one.state),
            one.clock.mode,
            one.clock.now(),
            one.state.configuration.seed,
            [*read.activations(one.state)],
            {**read.accounts(one.state)},
            {**read.calls(one.state)},
            {**read.deliveries(one.state)},
            {**one.uploaded_scenarios},
            {name: (len(box.requests), [*box.statuses], box.delay)
             for name, box in one.inboxes.items()},
        )
        for one in edge.registry
    ]  # fmt: skip


def respond_promptly(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer; it may be asked for thrice, as a machine that is busy makes all dear."""
    for _ in range(3):
        since = time.process_time()
        answer = ask()
        if time.process_time() - since < PROMPT_SECONDS:
            return answer
    raise AssertionError(f"no answer within {PROMPT_SECONDS} s of CPU")
