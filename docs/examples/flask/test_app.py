"""The application places calls at the mock server, which sends it the reports."""

from pathlib import Path

import pytest
from app import create_app
from flask.testing import FlaskClient
from mock_calls import MockServer

CUSTOMER = "918867136000"


@pytest.fixture
def client(mock_calls: MockServer, tmp_path: Path) -> FlaskClient:
    app = create_app(
        DATABASE=str(tmp_path / "reminders.db"),
        PHONON=mock_calls.url("phonon"),
        SECURITY_ID="0123456789abcdef0123456789abcdef",
    )
    mock_calls.attach("http://app.test", app)
    mock_calls.deliver("phonon", to="http://app.test/report")
    return app.test_client()


def remind(client: FlaskClient, number: str = CUSTOMER) -> str:
    reply = client.post("/reminders", json={"number": number})
    assert reply.status_code == 202
    return f"/reminders/{reply.json['call']}"


def test_a_customer_who_answers_hears_the_reminder(
    mock_calls: MockServer, client: FlaskClient
) -> None:
    reminder = remind(client)
    assert client.get(reminder).json == {"number": CUSTOMER, "tries": 0, "heard": False}
    mock_calls.finish()
    assert client.get(reminder).json == {"number": CUSTOMER, "tries": 1, "heard": True}


def test_a_busy_customer_is_called_once_more(mock_calls: MockServer, client: FlaskClient) -> None:
    mock_calls.scenario("busy-at-first", {"attempts": ["busy", "answered"]})
    mock_calls.use("busy-at-first")
    reminder = remind(client)
    mock_calls.finish()
    assert client.get(reminder).json == {"number": CUSTOMER, "tries": 2, "heard": True}


def test_a_report_that_arrives_twice_changes_nothing(
    mock_calls: MockServer, client: FlaskClient
) -> None:
    mock_calls.use("doubled-report")
    reminder = remind(client)
    mock_calls.finish()
    assert len(mock_calls.webhooks(state="delivered")) == 2
    assert client.get(reminder).json == {"number": CUSTOMER, "tries": 1, "heard": True}


def test_a_report_that_arrives_before_the_reply_is_not_lost(
    mock_calls: MockServer, client: FlaskClient
) -> None:
    short = {"legs": {"callee": {"answer": "0s", "hangup": "0s"}}}
    mock_calls.scenario("at-once", {**short, "webhooks": {"any": {"before_reply": True}}})
    mock_calls.use("at-once")
    reminder = remind(client)
    assert client.get(reminder).json == {"number": CUSTOMER, "tries": 1, "heard": True}


def test_a_number_that_phonon_refuses_is_an_error(
    mock_calls: MockServer, client: FlaskClient
) -> None:
    assert client.post("/reminders", json={"number": "12"}).status_code == 502
    mock_calls.assert_called(times=1, operation="create")
    assert mock_calls.calls() == []
