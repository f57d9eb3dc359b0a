"""The sandbox of one test: its clients, and the strict checks after the test."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, NoReturn

import pytest

from mock_calls import AsyncMockServer, ControlError, MockServer
from mock_calls.applications.attachments import Attachments
from mock_calls.pytest_failures import FAILED_KEY, REPORTER_KEY, build_reporter, check_strictly
from mock_calls.strictness import Strictness, WrongMarker, read_markers

START = "2026-01-01T09:00:00Z"
MARKER = "mock_calls"


class ServerHandle(NamedTuple):
    """A server; `is_shared` if other test runs may use it at the same time."""

    origin: str
    token: str = ""
    is_shared: bool = False


ATTACHMENTS_KEY: pytest.StashKey[Attachments] = pytest.StashKey()


@contextmanager
def sandbox_for_test(
    node: pytest.Item, server: ServerHandle, test_client: MockServer | AsyncMockServer
) -> Iterator[None]:
    """Create a sandbox before the test; check it, unless not strict, and delete it afterwards.

    It stays if the test has failed and such sandboxes are kept. It is that of the client of the
    test. The words of the markers `mock_calls` override the options of the sandbox.
    """
    strictness, options = _read_markers(node)
    options = {"clock": "manual", "start_at": START, **options}
    seed = str(options.setdefault("seed", sandbox_name(node, shared=False)))
    with MockServer(server.origin, test_client.sandbox, server.token) as client:
        _open_sandbox(node, client, options)
        reporter = build_reporter(node, client, strictness, seed)
        node.stash[REPORTER_KEY] = reporter
        node.stash[ATTACHMENTS_KEY] = test_client.attachments
        yield
        problems = check_strictly(node, reporter)
        has_failed = bool(problems) or FAILED_KEY in node.stash
        if not (reporter.is_kept and has_failed):
            client.drop()
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


@contextmanager
def ending_applications(client: AsyncMockServer) -> Iterator[None]:
    """End what the client has attached and opened, also if the test has not closed it."""
    try:
        yield
    finally:
        client.attachments.cancel()
        client.https_folders.close()


def application_sections(node: pytest.Item) -> Iterator[tuple[str, str]]:
    """Yield title and text for what the attached applications of a test raised or wrote."""
    if attachments := node.stash.get(ATTACHMENTS_KEY, None):
        for error in attachments.errors:
            yield f"an error of the application for {error.origin}", error.text


def _read_markers(node: pytest.Item) -> tuple[Strictness, dict[str, Any]]:
    outermost_first = reversed([*node.iter_markers(MARKER)])
    try:
        return read_markers((mark.args, mark.kwargs) for mark in outermost_first)
    except WrongMarker as error:
        _refuse_marker(node, error)


def _open_sandbox(node: pytest.Item, client: MockServer, options: dict[str, Any]) -> None:
    try:
        client.open(**options)
    except ControlError as error:
        _refuse_marker(node, error)


def _refuse_marker(node: pytest.Item, error: Exception) -> NoReturn:
    pytest.fail(f"marker {MARKER} of {node.nodeid}: {error}", pytrace=False)


def sandbox_name(node: pytest.Item, *, shared: bool) -> str:
    """Return a name that is unique to the test and, if the server is `shared`, to this run."""
    digest = hashlib.blake2b(node.nodeid.encode(), digest_size=8).hexdigest()
    return f"test-{digest}-{secrets.token_hex(4)}" if shared else f"test-{digest}"
