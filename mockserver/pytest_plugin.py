"""The pytest plugin: one server for the session, one sandbox with a manual clock for each test."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.pytest_sandbox import AttachingAsyncMockServer, AttachingMockServer, Served

MARK = "mock_calls(strict=True, **options): strictness and sandbox of the mock_calls fixtures"
USED = pytest.StashKey[bool]()


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
    config.addinivalue_line("markers", MARK)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """A failed test's report shows what happened in its sandbox."""
    report = yield
    if report.when == "call" and report.failed and USED in item.stash:
        from mockserver.pytest_sandbox import SANDBOX, timeline  # noqa: PLC0415 - as below

        title = "what happened at the mock server"
        report.sections.append((title, timeline(item.stash[SANDBOX])))
    return report


@pytest.fixture(scope="session")
def mock_calls_server(request: pytest.FixtureRequest) -> "Iterator[Served]":
    """The server of the whole session, on a free port unless `--mock-calls-url` names one."""
    # imported by the first test that wants it: other sessions do not pay for it
    from mockserver.pytest_sandbox import START, Served  # noqa: PLC0415 - see above

    given = request.config.getoption("mock_calls_url")
    if given:
        yield Served(given, request.config.getoption("mock_calls_token"))
        return
    from mockserver.app import hosting  # noqa: PLC0415 - see above
    from mockserver.settings import read  # noqa: PLC0415 - see above

    path = request.config.getoption("mock_calls_scenarios")
    files = {"scenarios": (path,)} if path else {}
    wanted = {"port": "0", "clock": "manual", "start_at": START, "seed": "tests", "quiet": True}
    with hosting(read({**wanted, **files}, {})) as host:
        yield Served(host.origin, "", host.attached)


@pytest.fixture
def mock_calls(
    request: pytest.FixtureRequest, mock_calls_server: "Served"
) -> "Iterator[AttachingMockServer]":
    """A sandbox of its own for this test."""
    from mockserver import pytest_sandbox as ours  # noqa: PLC0415 - see mock_calls_server

    request.node.stash[USED] = True
    name = ours.named(request.node, shared=mock_calls_server.attached is None)
    with (
        ours.sandboxed(request.node, mock_calls_server, name),
        ours.AttachingMockServer(mock_calls_server, name) as client,
    ):
        yield client


@pytest.fixture
def async_mock_calls(
    request: pytest.FixtureRequest, mock_calls_server: "Served"
) -> "Iterator[AttachingAsyncMockServer]":
    """The same, to be awaited; it goes with any asyncio plugin."""
    from mockserver import pytest_sandbox as ours  # noqa: PLC0415 - see mock_calls_server

    request.node.stash[USED] = True
    name = ours.named(request.node, shared=mock_calls_server.attached is None)
    with ours.sandboxed(request.node, mock_calls_server, name):
        yield ours.AttachingAsyncMockServer(mock_calls_server, name)
