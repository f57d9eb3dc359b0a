"""The application places calls at the mock server, which sends it the reports."""

from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import Client
from mock_calls import MockServer
from shop.models import Parcel

pytestmark = pytest.mark.django_db(transaction=True)
"""Other threads than that of the test see only what is committed."""


@pytest.fixture(autouse=True)
def _attached(mock_calls: MockServer, settings: Any) -> None:
    settings.INNOCALLS = mock_calls.url("innocalls")
    mock_calls.attach(settings.OWN_ORIGIN, get_wsgi_application())


def tell(client: Client, phone: str = "201001234567") -> int:
    return client.post("/parcels", {"phone": phone}).status_code


def stored() -> tuple[str, str]:
    parcel = Parcel.objects.get()
    return parcel.outcome, parcel.key


def test_a_customer_hears_the_code_and_presses_a_key(
    mock_calls: MockServer, client: Client
) -> None:
    mock_calls.use("presses-one")
    assert tell(client) == 202
    assert stored() == ("calling", "")
    mock_calls.finish()
    assert stored() == ("answered", "1")


def test_a_busy_customer_is_not_reached(mock_calls: MockServer, client: Client) -> None:
    mock_calls.use("callee-busy")
    tell(client)
    mock_calls.finish()
    assert stored() == ("failed", "")


def test_a_report_that_arrives_before_the_reply_is_not_lost(
    mock_calls: MockServer, client: Client
) -> None:
    mock_calls.use("report-before-reply")
    assert tell(client) == 202
    assert stored() == ("failed", "")


def test_a_number_that_innocalls_refuses_is_an_error(
    mock_calls: MockServer, client: Client
) -> None:
    assert tell(client, phone="") == 502
    assert stored() == ("refused", "")
    mock_calls.assert_called(times=1, status=400)
