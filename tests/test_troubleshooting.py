"""Each error of the page on troubleshooting has the text that the page shows."""

import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import indent
from typing import Final

import httpx
import pytest

from mock_calls.pytest_server import NO_SERVER, SOCKETS_BLOCKED
from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.suites import RunSuite

PAGE: Final = Path(__file__).parent.parent / "docs" / "how-to" / "troubleshooting.md"
SECTION: Final = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
HELPERS: Final = """
import asyncio

def create_app():
    return None

async def silent(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})

def report_to(mock_calls, url):
    mock_calls.deliver("mobtexting", to=url)
    click(mock_calls)
    mock_calls.finish()

async def call_blocking(mock_calls):
    mock_calls.finish()

def send_plus(mock_calls):
    url = mock_calls.url("mobtexting") + "/api/v2/voice/c2c"
    wrong = CLICK | {"to": "+918867136000"}
    return httpx.post(url, json=wrong, headers=HEADERS, trust_env=False)

"""
TESTS: Final = {
    "A blocking call in an event loop": "asyncio.run(call_blocking(mock_calls))",
    "The attached object is no application": "mock_calls.attach('http://app.test', create_app)",
    "The webhook has not come yet": (
        "click(mock_calls); mock_calls.wait_for_webhook(kind='completed')"
    ),
    "No call has been placed": "mock_calls.wait_for_webhook(kind='completed')",
    "A scenario has never played": "click(mock_calls); mock_calls.use('callee-busy')",
    "A scenario is unknown": "mock_calls.use('calle-busy')",
    "The path is unknown": "click(mock_calls, '/voice/c2c')",
    "The vendor refuses the request": "mock_calls.raise_for_fault(send_plus(mock_calls))",
    "Nobody receives the webhook": (
        "report_to(mock_calls, 'http://app.test/report'); "
        "report_to(mock_calls, 'http://127.0.0.1:9/report')"
    ),
    "The receiver refuses the webhook": (
        "mock_calls.attach('http://app.test', silent); "
        "report_to(mock_calls, 'http://app.test/report')"
    ),
    "The webhook may not go there": "report_to(mock_calls, 'http://8.8.8.8/report')",
    "A call waits for a person": (
        "mock_calls.use('waits-for-a-person'); click(mock_calls); mock_calls.finish()"
    ),
}
"""Section -> what a test does to get the error."""


def shown() -> Iterator[tuple[str, str]]:
    """Yield the section and the text of each error, as one line."""
    for title, section in SECTION.findall(PAGE.read_text("utf-8")):
        for text in re.findall(r"```text\n(.*?)```", section, re.DOTALL):
            yield title, " ".join(text.split())


def occurs(text: str, printed: str) -> bool:
    pattern = re.escape(text).replace(re.escape("..."), r".{1,100}?")
    plain = re.sub(r"^E\s", "", printed, flags=re.MULTILINE)
    return re.search(pattern, " ".join(plain.split())) is not None


def start_at_a_taken_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        command = [sys.executable, "-m", "mockserver", "--port", port]
        result = subprocess.run(  # noqa: S603 - our own command
            command, check=False, capture_output=True, text=True, timeout=60
        )
    return result.stderr


def refused_request(headers: dict[str, str]) -> str:
    settings = Settings(port=0, clock="manual", quiet=True, token="secret")
    with run_server(settings) as origin:
        response = httpx.get(f"{origin}/_mock/calls", headers=headers, trust_env=False)
    return str(response.json()["detail"])


OTHERS: Final[Mapping[str, Callable[[], str]]] = {
    "No server is found": lambda: NO_SERVER,
    "pytest-socket blocks the server": lambda: SOCKETS_BLOCKED,
    "The port is taken": start_at_a_taken_port,
    "The token is required": lambda: refused_request({}),
    "The host is foreign": lambda: refused_request({"host": "calls:8080"}),
}
"""Section -> what returns a text with the error."""


def test_each_section_has_an_error_that_a_test_gets() -> None:
    titles = [title for title, _ in SECTION.findall(PAGE.read_text("utf-8"))]
    assert sorted(titles) == sorted([*TESTS, *OTHERS])
    assert {title for title, _ in shown()} == {*titles}


def test_a_test_fails_with_the_text_of_its_section(suite: RunSuite) -> None:
    tests = [
        f"def test_{number}(mock_calls):\n{indent(action, '    ')}\n\n"
        for number, action in enumerate(TESTS.values())
    ]
    printed = suite(HELPERS + "".join(tests)).stdout.str()
    assert [text for title, text in shown() if title in TESTS and not occurs(text, printed)] == []


@pytest.mark.parametrize("title", OTHERS)
def test_a_server_or_plugin_refuses_with_the_text_of_its_section(title: str) -> None:
    printed = OTHERS[title]()
    assert [text for name, text in shown() if name == title and not occurs(text, printed)] == []


@pytest.mark.parametrize(
    ("text", "printed", "found"),
    [
        ("port ... is taken", "E   port 80\nE   is taken: stop", True),
        ("port ... is taken", "port 80 is free", False),
    ],
)
def test_dots_stand_for_what_differs(text: str, printed: str, *, found: bool) -> None:
    assert occurs(text, printed) is found
