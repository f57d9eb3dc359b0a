"""A whole site in one process: a manual clock, and a courier that remembers what it carried."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from mockserver.compiler import build_configuration as made
from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import parse_settings
from mockserver.web.access_control import AccessControl
from tests.conftest import CLICK, START
from tests.house import built

ORIGIN = "http://mock.test"
C2C = "/api/v2/voice/c2c"
BEARER = "top-secret-bearer"
HEADERS = {"authorization": f"Bearer {BEARER}", "accept": "application/json"}
PROBLEM = "application/problem+json"


async def pleased(_: Delivery) -> DeliveryResult:
    return DeliveryResult(200, body=b"thanks", duration_ms=7)


class Postman:
    """A courier that goes nowhere: remembers each delivery, and asks `receive` for the answer."""

    def __init__(self, receive: Callable[[Delivery], Awaitable[DeliveryResult]] = pleased) -> None:
        self.carried: list[Delivery] = []
        self.receive = receive

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        self.carried.append(delivery)
        return await self.receive(delivery)


@dataclass(frozen=True, slots=True)
class House:
    sandboxes: SandboxRegistry
    sandbox: Sandbox
    postman: Postman
    app: ASGIApp

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request in an event loop of its own."""

        async def asked() -> httpx.Response:
            async with self.client() as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())

    def read(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def place(self, *stories: str, **fields: object) -> httpx.Response:
        """A Mobtexting click-to-call, the documented fields first and `fields` over them."""
        headers = HEADERS | ({"x-mock-scenario": ", ".join(stories)} if stories else {})
        return self.ask("POST", C2C, json={**CLICK, **fields}, headers=headers)

    def advance(self, **goal: object) -> Any:
        answer = self.ask("POST", "/_mock/clock/advance", json=goal or {"until": "idle"})
        assert answer.status_code == 200, answer.text
        return answer.json()


def build(
    world: Configuration, mode: str = "manual", origins: tuple[str, ...] = (ORIGIN,)
) -> House:
    postman = Postman()
    guard = AccessControl(allowed_hosts=("mock.test",))
    sandboxes, app = built(world, Timing(mode, START), postman, guard, origins)
    return House(sandboxes, sandboxes.get("default"), postman, app)


@pytest.fixture
def house(world: Configuration) -> House:
    return build(world)


def with_scenarios(folder: Path, text: str) -> Configuration:
    """The bundled world, and a user's file on top of it."""
    file = folder / "mine.yaml"
    file.write_text(text, "utf-8")
    return made(parse_settings({"seed": "seed", "scenarios": (str(file),)}, {}))


def with_account_of(house: House, **changes: Any) -> None:
    """Another bundled account, from the next reset on."""
    store = house.sandbox.state
    key = ("mobtexting", "mobtexting-default")
    changed = {
        **store.configuration.accounts,
        key: store.configuration.accounts[key]._replace(**changes),
    }
    world = store.configuration._replace(accounts=changed)
    house.sandbox.set_configuration(world, {}, world)


def with_provider(world: Configuration, **changes: Any) -> Configuration:
    """The same world with another Mobtexting."""
    listing = world.providers["mobtexting"]
    changed = listing._replace(provider=listing.provider._replace(**changes))
    return world._replace(providers={"mobtexting": changed})


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, title and detail of a problem, whose outer form is checked on the way."""
    told = answer.json()
    assert answer.headers["content-type"] == PROBLEM
    assert list(told)[:4] == ["type", "title", "status", "detail"]
    assert (told["type"], told["status"]) == ("about:blank", answer.status_code)
    assert answer.headers["x-mock-problem"] == told["title"].replace(" ", "-")
    return answer.status_code, told["title"], told["detail"]


def shape(value: Any) -> Any:
    """The keys in their order, all the way down."""
    if isinstance(value, list):
        return [shape(one) for one in value]
    return [(key, shape(inner)) for key, inner in value.items()] if isinstance(value, dict) else ""
