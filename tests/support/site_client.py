"""The whole application in this process, with a manual clock and a recording dispatcher."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from mockserver.compiler import build_configuration
from mockserver.core.configuration import Configuration
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import parse_settings
from mockserver.web.access_control import AccessControl
from tests.support.dispatchers import RecordingDispatcher
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH, START
from tests.support.site import HEADERS, build_client, build_site

ORIGIN = "http://mock.test"


@dataclass(frozen=True, slots=True)
class SiteClient:
    registry: SandboxRegistry
    sandbox: Sandbox
    dispatcher: RecordingDispatcher
    app: ASGIApp

    def client(self) -> httpx.AsyncClient:
        return build_client(self.app, ORIGIN)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request in an event loop of its own."""

        async def main() -> httpx.Response:
            async with self.client() as client:
                return await client.request(method, path, **more)

        return asyncio.run(main())

    def get_json(self, path: str) -> Any:
        response = self.request("GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    def click_to_call(self, *scenarios: str, **fields: object) -> httpx.Response:
        """Request a Mobtexting click-to-call with the documented fields, changed by `fields`."""
        headers = HEADERS | ({"x-mock-scenario": ", ".join(scenarios)} if scenarios else {})
        return self.request(
            "POST", CLICK_TO_CALL_PATH, json={**CLICK_TO_CALL, **fields}, headers=headers
        )

    def advance(self, **goal: object) -> Any:
        response = self.request("POST", "/_mock/clock/advance", json=goal or {"until": "idle"})
        assert response.status_code == 200, response.text
        return response.json()


def build_site_client(
    configuration: Configuration, mode: str = "manual", origins: tuple[str, ...] = (ORIGIN,)
) -> SiteClient:
    dispatcher = RecordingDispatcher()
    access_control = AccessControl(allowed_hosts=("mock.test",))
    sandboxes, app = build_site(
        configuration, Timing(mode=mode, start=START), dispatcher, access_control, origins
    )
    return SiteClient(sandboxes, sandboxes.get_or_create("default"), dispatcher, app)


def configuration_with_scenarios(folder: Path, text: str, seed: str = "seed") -> Configuration:
    """Return the bundled configuration with the scenarios of a file."""
    file = folder / "mine.yaml"
    file.write_text(text, "utf-8")
    return build_configuration(parse_settings({"seed": seed, "scenarios": (str(file),)}, {}))


def change_initial_account(site: SiteClient, **changes: Any) -> None:
    """Change the bundled Mobtexting account, from the next reset on."""
    state = site.sandbox.state
    key = ("mobtexting", "mobtexting-default")
    accounts = {
        **state.configuration.accounts,
        key: state.configuration.accounts[key].replace(**changes),
    }
    configuration = state.configuration._replace(accounts=accounts)
    site.sandbox.set_configuration(configuration, {}, configuration)


def key_structure(value: Any) -> Any:
    """Return the keys in their order, at every level."""
    if isinstance(value, list):
        return [key_structure(item) for item in value]
    return (
        [(key, key_structure(inner)) for key, inner in value.items()]
        if isinstance(value, dict)
        else ""
    )
