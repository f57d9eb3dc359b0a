"""A real browser for tests of pages: headless Chromium over the WebDriver protocol."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from tests.support.sockets import free_port

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The protocol's key for the id of an element."""

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")


def build_capabilities(flags: tuple[str, ...]) -> dict[str, Any]:
    binary = shutil.which("chromium") or "chromium"
    return {
        "goog:chromeOptions": {"binary": binary, "args": [*FLAGS, *flags]},
        "timeouts": {"implicit": 5_000, "script": 20_000, "pageLoad": 20_000},
    }


class Browser:
    """One session; the driver waits for elements that are not present yet."""

    def __init__(self, driver: str, flags: tuple[str, ...]) -> None:
        self._webdriver = driver
        self._opener = build_opener(ProxyHandler({}))
        capabilities = {"capabilities": {"alwaysMatch": build_capabilities(flags)}}
        self._session = f"/session/{self._ask('POST', '/session', capabilities)['sessionId']}"

    def open(self, url: str) -> None:
        self._do("/url", {"url": url})

    def type(self, css: str, text: str) -> None:
        self._do(f"/element/{self._find(css)}/value", {"text": text})

    def click(self, css: str) -> None:
        self._do(f"/element/{self._find(css)}/click", {})

    def run(self, script: str) -> Any:
        """Run an asynchronous script and return what it passes to its last argument."""
        return self._do("/execute/async", {"script": script, "args": []})

    def wait_until_present(self, css: str) -> None:
        """Wait for an element: after a click the previous page may still be shown."""
        self._find(css)

    def text(self, css: str) -> str:
        content = self._ask("GET", f"{self._session}/element/{self._find(css)}/text")
        return str(content)

    def close(self) -> None:
        self._ask("DELETE", self._session)

    def _find(self, css: str) -> str:
        element = self._do("/element", {"using": "css selector", "value": css})
        return str(element[ELEMENT])

    def _do(self, path: str, body: Any) -> Any:
        return self._ask("POST", self._session + path, body)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = Request(self._webdriver + path, content, headers, method=method)  # noqa: S310 - our own driver
        with self._opener.open(request, timeout=60) as response:
            return json.load(response)["value"]


@contextmanager
def browser(*flags: str) -> Iterator[Browser]:
    """Open a browser with these flags; without one the test is skipped, but fails in CI."""
    driver = shutil.which("chromedriver")
    if driver is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Debian's packages chromium and chromium-driver")
        pytest.skip("there is no chromedriver")
    port, quiet = free_port(), subprocess.DEVNULL
    with subprocess.Popen([driver, f"--port={port}"], stdout=quiet, stderr=quiet) as process:  # noqa: S603 - found on the path
        try:
            session = _connect(f"http://127.0.0.1:{port}", flags, process)
            try:
                yield session
            finally:
                session.close()
        finally:
            process.terminate()


def _connect(url: str, flags: tuple[str, ...], process: "subprocess.Popen[bytes]") -> Browser:
    """Open a session as soon as the driver listens."""
    while True:
        try:
            return Browser(url, flags)
        except URLError as error:
            if process.poll() is not None or not isinstance(error.reason, ConnectionRefusedError):
                raise
