"""The pytest plugin: a server for the session, and a sandbox with a manual clock for each test."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.pytest_sandbox import (
        AttachingAsyncMockServer,
        AttachingMockServer,
        ServerHandle,
    )

MARKER = "mock_calls(strict=True, **options): strictness and sandbox of the mock_calls fixtures"
SANDBOX_USED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mock-calls", "telephone-call APIs, mocked")
    group.addoption(
        "--mock-calls-url", metavar="URL", help="use the mock server that runs there, not our own"
    )
    group.addoption("--mock-calls-token", metavar="TOKEN", default="", help="of its control API")
    group.addoption(
        "--mock-calls-scenarios", metavar="PATH", help="scenario file or directory to load"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Add the timeline of the sandbox to the report of a failed test."""
    report = yield
    if report.when == "call" and report.failed and SANDBOX_USED in item.stash:
        from mockserver.pytest_sandbox import SANDBOX_KEY, timeline_text  # noqa: PLC0415 - as below

        title = "what happened at the mock server"
        report.sections.append((title, timeline_text(item.stash[SANDBOX_KEY])))
    return report


@pytest.fixture(scope="session")
def mock_calls_server(request: pytest.FixtureRequest) -> "Iterator[ServerHandle]":
    """The server of the whole session: a new one on a free port, or that of `--mock-calls-url`."""
    # imported by the first test that uses the server, so that other sessions start faster
    from mockserver.pytest_sandbox import START, ServerHandle  # noqa: PLC0415 - see above

    url = request.config.getoption("mock_calls_url")
    if url:
        yield ServerHandle(url, request.config.getoption("mock_calls_token"))
        return
    from mockserver.app import run_attachable_server  # noqa: PLC0415 - see above
    from mockserver.settings import parse_settings  # noqa: PLC0415 - see above

    path = request.config.getoption("mock_calls_scenarios")
    files = {"scenarios": (path,)} if path else {}
    flags = {"port": "0", "clock": "manual", "start_at": START, "seed": "tests", "quiet": True}
    with run_attachable_server(parse_settings({**flags, **files}, {})) as server:
        yield ServerHandle(server.origin, "", server.asgi_apps)


@pytest.fixture
def mock_calls(
    request: pytest.FixtureRequest, mock_calls_server: "ServerHandle"
) -> "Iterator[AttachingMockServer]":
    """A blocking client for the sandbox of this test."""
    from mockserver import pytest_sandbox  # noqa: PLC0415 - see mock_calls_server

    request.node.stash[SANDBOX_USED] = True
    name = pytest_sandbox.sandbox_name(request.node, shared=mock_calls_server.asgi_apps is None)
    with (
        pytest_sandbox.sandbox_for_test(request.node, mock_calls_server, name),
        pytest_sandbox.AttachingMockServer(mock_calls_server, name) as client,
    ):
        yield client


@pytest.fixture
def async_mock_calls(
    request: pytest.FixtureRequest, mock_calls_server: "ServerHandle"
) -> "Iterator[AttachingAsyncMockServer]":
    """An asynchronous client for the sandbox of this test; it works with any asyncio plugin."""
    from mockserver import pytest_sandbox  # noqa: PLC0415 - see mock_calls_server

    request.node.stash[SANDBOX_USED] = True
    name = pytest_sandbox.sandbox_name(request.node, shared=mock_calls_server.asgi_apps is None)
    with pytest_sandbox.sandbox_for_test(request.node, mock_calls_server, name):
        yield pytest_sandbox.AttachingAsyncMockServer(mock_calls_server, name)
