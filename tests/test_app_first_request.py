"""A server to which no request has come for a minute says what the base URLs are."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from mockserver.app import run_server
from mockserver.app.first_request import remind_of_base_urls
from mockserver.settings import Settings
from tests.support.simulation import CLICK_TO_CALL_PATH

ORIGIN = "http://127.0.0.1:8080"
REMINDER = (
    "no request has reached me: your application's base URL should be "
    "http://127.0.0.1:8080/PROVIDER, such as http://127.0.0.1:8080/mobtexting"
)


@pytest.mark.parametrize(("asked", "lines"), [([], [REMINDER]), (["c2c"], [])])
def test_after_a_minute_a_line_says_what_the_base_urls_are(
    monkeypatch: pytest.MonkeyPatch, asked: list[str], lines: list[str]
) -> None:
    waits, logged = list[float](), list[str]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    asyncio.run(remind_of_base_urls(ORIGIN, lambda: bool(asked), logged.append))
    assert (waits, logged) == ([60.0], lines)


@pytest.mark.parametrize(
    ("settings", "answers"),
    [
        (Settings(port=0), [False, True]),
        (Settings(port=0, quiet=True), []),
        (Settings(port=0, log_format="json"), []),
    ],
)
def test_a_server_whose_log_people_read_waits_for_its_first_vendor_request(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, answers: list[bool]
) -> None:
    asked = list[Callable[[], bool]]()

    async def remind(_: str, has_come: Callable[[], bool], __: object) -> None:
        asked.append(has_come)

    monkeypatch.setattr("mockserver.app.remind_of_base_urls", remind)
    with run_server(settings) as origin:
        httpx.get(f"{origin}/_mock/calls", trust_env=False)
        found = [has_come() for has_come in asked]
        httpx.post(f"{origin}/mobtexting{CLICK_TO_CALL_PATH}", trust_env=False)
        found += [has_come() for has_come in asked]
    assert found == answers
