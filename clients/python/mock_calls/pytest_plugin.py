"""The pytest plugin: a server for the session, and a sandbox with a manual clock for each test."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mock_calls import AsyncMockServer, MockServer
    from mock_calls.pytest_sandbox import ServerHandle

MARKER = (
    "mock_calls(strict=True, allow={...}, clock=, seed=, start_at=, credentials=): "
    "how strict the test is, and the sandbox of its mock_calls fixtures"
)
HTTPS_HELP = "start the mock server with --https, for code with the vendors' own hosts in it"
FOLDER_HELP = "folder for what failed tests leave, below the root of the suite"
OPTIONS = {
    "--mock-calls-url": ("URL", "use the mock server that runs there"),
    "--mock-calls-command": (
        "COMMAND",
        "start the mock server by this command, such as 'uvx call-mockserver'",
    ),
    "--mock-calls-token": ("TOKEN", "token of the control API of that server"),
    "--mock-calls-scenarios": ("PATH", "scenario file or directory to load"),
    "--mock-calls-folder": ("DIR", FOLDER_HELP),
}
"""Option -> its metavar and help. Without the first two, the server runs in this process."""

KEEP = "--mock-calls-keep"
KEPT = ("none", "failed")
KEEP_HELP = "the tests whose sandboxes stay on the server of --mock-calls-url (default: none)"

CONTRADICTIONS = (
    (
        {"--mock-calls-url", "--mock-calls-command"},
        "pass --mock-calls-url or --mock-calls-command, not both",
    ),
    (
        {"--mock-calls-url", "--mock-calls-scenarios"},
        "--mock-calls-scenarios needs a server that the plugin starts: leave out --mock-calls-url",
    ),
    (
        {"--mock-calls-url", "--mock-calls-https"},
        "--mock-calls-https needs a server that the plugin starts: start yours with --https",
    ),
)
"""Options that cannot be passed together, and what is said of them."""

SANDBOX_USED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mock-calls", "telephone-call APIs, mocked")
    for name, (metavar, description) in OPTIONS.items():
        group.addoption(name, metavar=metavar, default="", help=description)
    group.addoption(KEEP, choices=KEPT, default=KEPT[0], help=KEEP_HELP)
    group.addoption("--mock-calls-https", action="store_true", help=HTTPS_HELP)
    parser.addini("mock_calls_folder", help=FOLDER_HELP, default="mock_calls")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)
    given = {name for name in (*OPTIONS, "--mock-calls-https") if config.getoption(name)}
    for names, problem in CONTRADICTIONS:
        if names <= given:
            raise pytest.UsageError(problem)
    if "--mock-calls-token" in given and not given & {"--mock-calls-url", "--mock-calls-command"}:
        raise pytest.UsageError(
            "--mock-calls-token needs --mock-calls-url or --mock-calls-command: "
            "a server in the process of pytest has no token"
        )
    if config.getoption(KEEP) != KEPT[0] and "--mock-calls-url" not in given:
        raise pytest.UsageError(
            f"{KEEP} needs --mock-calls-url: a server that the plugin starts ends with the tests"
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Any:
    """Add to the report of a failed test what has happened in its sandbox."""
    report = yield
    if SANDBOX_USED in item.stash:
        from mock_calls import pytest_failures, pytest_sandbox  # noqa: PLC0415 - as below

        pytest_failures.add_section(item, call, report)
        if report.failed:
            report.sections += pytest_sandbox.application_sections(item)
    return report


@pytest.fixture(scope="session")
def mock_calls_server(request: pytest.FixtureRequest) -> "Iterator[ServerHandle]":
    """The server of the whole session."""
    # imported by the first test that uses the server, so that other sessions start faster
    from mock_calls import pytest_server  # noqa: PLC0415 - see above

    with (
        pytest_server.explain_blocked_sockets(),
        pytest_server.server_for_session(request.config) as server,
    ):
        yield server


@pytest.fixture
def mock_calls(
    request: pytest.FixtureRequest, mock_calls_server: "ServerHandle"
) -> "Iterator[MockServer]":
    """A blocking client for the sandbox of this test."""
    from mock_calls import MockServer, pytest_sandbox  # noqa: PLC0415 - see mock_calls_server
    from mock_calls.pytest_server import explain_blocked_sockets  # noqa: PLC0415 - the same

    request.node.stash[SANDBOX_USED] = True
    name = pytest_sandbox.sandbox_name(request.node, shared=mock_calls_server.is_shared)
    with (
        explain_blocked_sockets(),
        MockServer(mock_calls_server.origin, name, mock_calls_server.token) as client,
        pytest_sandbox.sandbox_for_test(request.node, mock_calls_server, client),
    ):
        yield client


@pytest.fixture
def async_mock_calls(
    request: pytest.FixtureRequest, mock_calls_server: "ServerHandle"
) -> "Iterator[AsyncMockServer]":
    """An asynchronous client for the sandbox of this test; it works with any asyncio plugin."""
    from mock_calls import AsyncMockServer, pytest_sandbox  # noqa: PLC0415 - see mock_calls_server
    from mock_calls.pytest_server import explain_blocked_sockets  # noqa: PLC0415 - the same

    request.node.stash[SANDBOX_USED] = True
    name = pytest_sandbox.sandbox_name(request.node, shared=mock_calls_server.is_shared)
    client = AsyncMockServer(mock_calls_server.origin, name, mock_calls_server.token)
    with (
        explain_blocked_sockets(),
        pytest_sandbox.ending_applications(client),
        pytest_sandbox.sandbox_for_test(request.node, mock_calls_server, client),
    ):
        yield client
