"""A server starts without modules that it may never need and loads them on first use."""

import pytest

from tests.support.processes import FIXED_OPTIONS, serve
from tests.support.simulation import CLICK_TO_CALL

LOADED_LATER = {
    "starlette.applications": "the control API",
    "anyio": "the same, like most of Starlette",
    "mockserver.web.control.app": "the control API",
    "mockserver.web.control.recordings": "a recording",
    "mockserver.web.views.log_lines": "a line per request, event and webhook attempt",
    "h11": "nothing: httptools parses on both sides",
    "jsonschema": "a request that is refused, or the user's own scenarios",
    "referencing": "the same",
    "phonenumbers": "a provider that parses phone numbers",
    "langcodes": "a provider that compares languages",
    "faker": "an account with made-up people",
    "mockserver.cli.demo": "another command",
    "mockserver.replay": "another command",
    "mock_calls": "a test",
    "mockserver.client": "a test",
    "python_multipart": "a form, or a content type with parameters",
    "httpx": "a test",
    "cryptography": "a server with --https",
    "mockserver.tls": "the same",
}
"""Module -> what needs it."""


def loaded_modules(*bodies: object) -> set[str]:
    """Return the modules of a server that has answered a vendor request for each body."""
    with serve(*FIXED_OPTIONS, "--quiet", PYTHONPROFILEIMPORTTIME="1") as server:
        for body in bodies:
            server.request("/api/v2/voice/c2c", body)
        code, _, import_times = server.end()
    assert code == 0
    return {line.rpartition("|")[2].strip() for line in import_times.splitlines()}


@pytest.fixture(scope="module")
def modules_of_an_answering_server() -> set[str]:
    return loaded_modules(CLICK_TO_CALL)


@pytest.mark.parametrize("name", LOADED_LATER)
def test_a_server_that_has_answered_a_vendor_request_has_not_loaded_the_module(
    name: str, modules_of_an_answering_server: set[str]
) -> None:
    assert name not in modules_of_an_answering_server


def test_the_fast_validator_is_loaded_with_the_first_request(
    modules_of_an_answering_server: set[str],
) -> None:
    expected = {"jsonschema_rs", "mockserver.app"}
    assert (expected & loaded_modules(), expected & modules_of_an_answering_server) == (
        {"mockserver.app"},
        expected,
    )
