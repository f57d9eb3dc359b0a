"""A suite of an application that is written for WSGI; it attaches it to the origin of the first.

`test_random_order.py` copies it into the directory of another pytest process.
"""

from typing import Any

import httpx
import pytest

CLICK = {"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}
HEADERS = {"authorization": "Bearer key", "accept": "application/json"}
ORIGIN = "http://app.localhost:9"


class Application:
    """Counts what it receives, and says by its response how much that is."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        environ["wsgi.input"].read()
        self.count += 1
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"second {self.count}".encode()]


def place(mock: Any) -> None:
    url = mock.url("mobtexting") + "/api/v2/voice/c2c"
    httpx.post(url, json=CLICK, headers=HEADERS, trust_env=False).raise_for_status()


@pytest.mark.parametrize("calls", [1, 2, 3])
def test_the_application_gets_the_webhooks_of_its_test(mock_calls: Any, calls: int) -> None:
    application = Application()
    mock_calls.attach(f"{ORIGIN}/", application)
    mock_calls.deliver("mobtexting", to=f"{ORIGIN}/second")
    for _ in range(calls):
        place(mock_calls)
        mock_calls.finish()
    attempts = [webhook.attempts for webhook in mock_calls.webhooks()]
    responses = [attempt.response for [attempt] in attempts]
    assert responses == [f"second {number}" for number in range(1, calls + 1)]


def test_an_application_is_replaced(mock_calls: Any) -> None:
    old, new = Application(), Application()
    mock_calls.attach(ORIGIN, old)
    mock_calls.attach(ORIGIN, new)
    mock_calls.deliver("mobtexting", to=f"{ORIGIN}/second")
    place(mock_calls)
    mock_calls.finish()
    assert (old.count, new.count) == (0, 1)


@pytest.mark.mock_calls(start_at="2030-01-01T00:00:00Z")
def test_the_clock_has_its_own_start_and_stays_where_it_is(mock_calls: Any) -> None:
    place(mock_calls)
    mock_calls.advance("3s")
    assert mock_calls.clock()["now"].startswith("2030-01-01T00:00:03")


@pytest.mark.mock_calls(clock="instant")
def test_on_a_clock_that_does_not_wait_the_webhook_comes_at_once(mock_calls: Any) -> None:
    application = Application()
    mock_calls.attach(ORIGIN, application)
    mock_calls.deliver("mobtexting", to=f"{ORIGIN}/second")
    place(mock_calls)
    mock_calls.wait_for_webhook(state="delivered")
    assert application.count == 1


@pytest.mark.mock_calls(strict=False)
def test_without_an_application_nobody_gets_the_webhook(mock_calls: Any) -> None:
    mock_calls.deliver("mobtexting", to=f"{ORIGIN}/second")
    place(mock_calls)
    mock_calls.finish()
    assert [webhook.attempts[-1].error for webhook in mock_calls.webhooks()] == ["connect"]
