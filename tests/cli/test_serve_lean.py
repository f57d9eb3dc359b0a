"""A server starts without what it may never need: each of these is loaded by who asks for it."""

import pytest

from tests.support.processes import FIXED_OPTIONS, serve
from tests.support.simulation import CLICK_TO_CALL

WITHOUT = {
    "starlette.applications": "the control API",
    "anyio": "the same, as whatever of Starlette is more than names",
    "mockserver.web.control.app": "the control API",
    "mockserver.web.control.recordings": "a recording",
    "mockserver.web.views.log_lines": "a line per request, event and webhook attempt",
    "h11": "nobody any more: httptools reads on both sides",
    "jsonschema": "a request that is refused, or the user's own scenarios",
    "referencing": "the same",
    "phonenumbers": "a provider that means such numbers",
    "langcodes": "a provider that means languages",
    "faker": "an account with made-up people",
    "mockserver.cli.demo": "another command",
    "mockserver.replay": "another command",
    "mockserver.client": "a test",
    "python_multipart": "a form, or a content type with parameters",
    "httpx": "a test",
}
"""Module -> what has need of it."""


def loaded(*acts: object) -> set[str]:
    """The modules of a server that has started and answered a vendor's request for each act."""
    with serve(*FIXED_OPTIONS, "--quiet", PYTHONPROFILEIMPORTTIME="1") as running:
        for act in acts:
            running.request("/api/v2/voice/c2c", act)
        code, _, told = running.end()
    assert code == 0
    return {line.rpartition("|")[2].strip() for line in told.splitlines()}


@pytest.fixture(scope="module")
def answering() -> set[str]:
    return loaded(CLICK_TO_CALL)


@pytest.mark.parametrize("name", WITHOUT)
def test_a_server_that_has_answered_has_not_loaded(name: str, answering: set[str]) -> None:
    assert name not in answering


def test_the_fast_validator_comes_with_the_first_request(answering: set[str]) -> None:
    rest = {"jsonschema_rs", "mockserver.app"}
    assert (rest & loaded(), rest & answering) == ({"mockserver.app"}, rest)
