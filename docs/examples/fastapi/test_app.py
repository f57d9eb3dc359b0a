"""The application places calls at the mock server, which sends it the reports."""

from pathlib import Path

import pytest
from app import create_app
from fastapi.testclient import TestClient
from mock_calls import MockServer

CUSTOMER = "918867136000"


@pytest.fixture
def client(mock_calls: MockServer, tmp_path: Path) -> TestClient:
    app = create_app(tmp_path / "customers.db", mock_calls.url("mobtexting"), token="my-token")
    mock_calls.attach("http://app.test", app)
    mock_calls.deliver("mobtexting", to="http://app.test/report")
    return TestClient(app)


def call_back(client: TestClient, number: str = CUSTOMER) -> int:
    return client.post("/callbacks", json={"number": number}).status_code


def show(client: TestClient) -> object:
    return client.get(f"/callbacks/{CUSTOMER}").json()


def test_a_click_places_a_call(mock_calls: MockServer, client: TestClient) -> None:
    assert call_back(client) == 202
    assert show(client) == {"state": "calling", "seconds": 0}
    mock_calls.assert_called(times=1, body__to=CUSTOMER, body__bridge="918068281234")


def test_the_webhook_reports_the_conversation(mock_calls: MockServer, client: TestClient) -> None:
    call_back(client)
    mock_calls.finish()
    assert show(client) == {"state": "reached", "seconds": 6}


def test_a_busy_customer_is_missed(mock_calls: MockServer, client: TestClient) -> None:
    mock_calls.use("callee-busy")
    call_back(client)
    mock_calls.finish()
    assert show(client) == {"state": "missed", "seconds": 0}


def test_a_report_that_arrives_twice_counts_once(
    mock_calls: MockServer, client: TestClient
) -> None:
    mock_calls.use("doubled-report")
    call_back(client)
    mock_calls.finish()
    assert len(mock_calls.webhooks(state="delivered")) == 2
    assert show(client) == {"state": "reached", "seconds": 6}


def test_a_report_that_arrives_before_the_reply_is_not_lost(
    mock_calls: MockServer, client: TestClient
) -> None:
    mock_calls.use("report-before-reply")
    assert call_back(client) == 202
    mock_calls.finish()
    assert show(client) == {"state": "no agent", "seconds": 0}
