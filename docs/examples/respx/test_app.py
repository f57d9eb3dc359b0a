"""respx answers for the directory, and the mock server for Mobtexting."""

from collections.abc import Iterator

import pytest
import respx
from app import call_customer
from mock_calls import MockServer

DIRECTORY = "https://directory.test"


@pytest.fixture
def directory() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        router.route(host="127.0.0.1").pass_through()  # the requests to the mock server
        yield router


def test_a_customer_of_the_directory_is_called(
    mock_calls: MockServer, directory: respx.MockRouter
) -> None:
    directory.get(f"{DIRECTORY}/customers/asha").respond(json={"number": "918867136000"})
    assert call_customer(DIRECTORY, mock_calls.url("mobtexting"), "asha") == "calling"
    mock_calls.finish()
    assert [call.outcome for call in mock_calls.calls()] == ["completed"]
    mock_calls.assert_called(times=1, body__to="918867136000")


def test_an_unknown_customer_is_not_called(
    mock_calls: MockServer, directory: respx.MockRouter
) -> None:
    directory.get(f"{DIRECTORY}/customers/ravi").respond(404)
    assert call_customer(DIRECTORY, mock_calls.url("mobtexting"), "ravi") == "unknown customer"
    assert mock_calls.requests() == []
