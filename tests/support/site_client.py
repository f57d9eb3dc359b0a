"""The whole site in this process, with a manual clock and a recording dispatcher."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from mockserver.compiler import build_configuration as made
from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import parse_settings
from mockserver.web.access_control import AccessControl
from tests.support.simulation import CLICK_TO_CALL, START
from tests.support.site import build_site

ORIGIN = "http://mock.test"
CLICK_TO_CALL_PATH = "/api/v2/voice/c2c"
BEARER = "top-secret-bearer"
HEADERS = {"authorization": f"Bearer {BEARER}", "accept": "application/json"}
PROBLEM_MEDIA_TYPE = "application/problem+json"


async def accept_delivery(_: Delivery) -> DeliveryResult:
    return DeliveryResult(status=200, body=b"thanks", duration_ms=7)


class RecordingDispatcher:
    """A courier that goes nowhere: remembers each delivery, and asks `receive` for the answer."""

    def __init__(
        self, receive: Callable[[Delivery], Awaitable[DeliveryResult]] = accept_delivery
    ) -> None:
        self.deliveries: list[Delivery] = []
        self.receive = receive

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        self.deliveries.append(delivery)
        return await self.receive(delivery)


@dataclass(frozen=True, slots=True)
class SiteClient:
    registry: SandboxRegistry
    sandbox: Sandbox
    dispatcher: RecordingDispatcher
    app: ASGIApp

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request in an event loop of its own."""

        async def asked() -> httpx.Response:
            async with self.client() as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())

    def get_json(self, path: str) -> Any:
        answer = self.request("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def click_to_call(self, *stories: str, **fields: object) -> httpx.Response:
        """A Mobtexting click-to-call, the documented fields first and `fields` over them."""
        headers = HEADERS | ({"x-mock-scenario": ", ".join(stories)} if stories else {})
        return self.request(
            "POST", CLICK_TO_CALL_PATH, json={**CLICK_TO_CALL, **fields}, headers=headers
        )

    def advance(self, **goal: object) -> Any:
        answer = self.request("POST", "/_mock/clock/advance", json=goal or {"until": "idle"})
        assert answer.status_code == 200, answer.text
        return answer.json()


def build_site_client(
    configuration: Configuration, mode: str = "manual", origins: tuple[str, ...] = (ORIGIN,)
) -> SiteClient:
    postman = RecordingDispatcher()
    guard = AccessControl(allowed_hosts=("mock.test",))
    sandboxes, app = build_site(
        configuration, Timing(mode=mode, start=START), postman, guard, origins
    )
    return SiteClient(sandboxes, sandboxes.get("default"), postman, app)


def configuration_with_scenarios(folder: Path, text: str) -> Configuration:
    """The bundled world, and a user's file on top of it."""
    file = folder / "mine.yaml"
    file.write_text(text, "utf-8")
    return made(parse_settings({"seed": "seed", "scenarios": (str(file),)}, {}))


def change_initial_account(site: SiteClient, **changes: Any) -> None:
    """Another bundled account, from the next reset on."""
    state = site.sandbox.state
    key = ("mobtexting", "mobtexting-default")
    changed = {
        **state.configuration.accounts,
        key: state.configuration.accounts[key]._replace(**changes),
    }
    configuration = state.configuration._replace(accounts=changed)
    site.sandbox.set_configuration(configuration, {}, configuration)


def configuration_with_provider(configuration: Configuration, **changes: Any) -> Configuration:
    """The same world with another Mobtexting."""
    listing = configuration.providers["mobtexting"]
    changed = listing._replace(provider=listing.provider._replace(**changes))
    return configuration._replace(providers={"mobtexting": changed})


def read_problem(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, title and detail of a problem, whose outer form is checked on the way."""
    told = answer.json()
    assert answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    assert list(told)[:4] == ["type", "title", "status", "detail"]
    assert (told["type"], told["status"]) == ("about:blank", answer.status_code)
    assert answer.headers["x-mock-problem"] == told["title"].replace(" ", "-")
    return answer.status_code, told["title"], told["detail"]


def key_structure(value: Any) -> Any:
    """The keys in their order, all the way down."""
    if isinstance(value, list):
        return [key_structure(one) for one in value]
    return (
        [(key, key_structure(inner)) for key, inner in value.items()]
        if isinstance(value, dict)
        else ""
    )
