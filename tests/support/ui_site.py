"""A server with a manual clock, as the tests of the page use it: they place calls and look."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx

from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH, START
from tests.support.site import HEADERS


class UiSite(NamedTuple):
    """A running server; `prefix` is that of the sandbox whose page is looked at."""

    origin: str
    client: httpx.Client
    prefix: str = ""

    def url(self, path: str = "") -> str:
        """The URL of a view of the page."""
        return f"{self.origin}{self.prefix}/_mock/ui/{path}"

    def place(self, *scenarios: str, **fields: object) -> str:
        """Place a Mobtexting call, and return its id."""
        headers = HEADERS | ({"x-mock-scenario": ", ".join(scenarios)} if scenarios else {})
        url, body = f"{self.prefix}{CLICK_TO_CALL_PATH}", {**CLICK_TO_CALL, **fields}
        response = self.client.post(url, json=body, headers=headers)
        return str(response.headers.get("x-mock-call", ""))

    def read(self, path: str) -> Any:
        response = self.client.get(f"{self.prefix}/_mock{path}")
        assert response.status_code == 200, response.text
        return response.json()

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        return self.client.request(method, f"{self.prefix}/_mock{path}", json=body)

    def advance(self, **goal: object) -> None:
        self.ask("POST", "/clock/advance", goal)


@contextmanager
def run_ui_site(**settings: Any) -> Iterator[UiSite]:
    """Run a server with a manual clock that begins at 2026-01-01, 9:00 UTC."""
    options = {"port": 0, "clock": "manual", "seed": "ui", "start": START, "quiet": True}
    with (
        run_server(Settings(**{**options, **settings})) as origin,
        httpx.Client(base_url=origin, trust_env=False, timeout=20) as client,
    ):
        yield UiSite(origin, client)
