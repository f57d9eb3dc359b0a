"""The pytest plugin: one server for the session, one sandbox with a manual clock for each test."""

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
    """A failed test's report shows what happened in its sandbox."""
    report = yield
    if report.when == "call" and report.failed and SANDBOX_USED in item.stash:
        from mockserver.pytest_sandbox import SANDBOX_KEY, timeline_text  # noqa: PLC0415 - as below

        title = "what happened at the mock server"
        report.sections.append((title, timeline_text(item.stash[SANDBOX_KEY])))
    return report


@pytest.fixture(scope="session")
def mock_calls_server(request: pytest.FixtureRequest) -> "Iterator[ServerHandle]":
    """The server of the whole session, on a free port unless `--mock-calls-url` names one."""
    # imported by the first test that wants it: other sessions do not pay for it
    from mockserver.pytest_sandbox import START, ServerHandle  # noqa: PLC0415 - see above

    given = request.config.getoption("mock_calls_url")
    if given:
        yield ServerHandle(given, request.config.getoption("mock_calls_token"))
        return
    from mockserver.app import run_attachable_server  # noqa: PLC0415 - see above
    from mockserver.settings import parse_settings  # noqa: PLC0415 - see above

    path = request.config.getoption("mock_calls_scenarios")
    files = {"scenarios": (path,)} if path else {}
    wanted = {"port": "0", "clock": "manual", "start_at": START, "seed": "tests", "quiet": True}
    with run_attachable_server(parse_settings({**wanted, **files}, {})) as host:
        yield ServerHandle(host.origin, "", host.asgi_apps)


@pytest.fixture
def mock_calls(
    request: pytest.FixtureRequest, mock_calls_server: "ServerHandle"
) -> "Iterator[AttachingMockServer]":
    """A sandbox of its own for this test."""
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
    """The same, to be awaited; it goes with any asyncio plugin."""
    from mockserver import pytest_sandbox  # noqa: PLC0415 - see mock_calls_server

    request.node.stash[SANDBOX_USED] = True
    name = pytest_sandbox.sandbox_name(request.node, shared=mock_calls_server.asgi_apps is None)
    with pytest_sandbox.sandbox_for_test(request.node, mock_calls_server, name):
        yield pytest_sandbox.AttachingAsyncMockServer(mock_calls_server, name)
