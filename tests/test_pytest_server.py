"""Where the server of the pytest plugin comes from, and what the plugin costs if it is not used."""

import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mock_calls import AsyncMockServer, MockServer
from mock_calls.until_end_of_input import NOT_FOUND
from tests.support.suites import RunSuite

SERVER = shlex.join([sys.executable, "-m", "mockserver"])
SCRIPT = Path(__file__).parent.parent / "clients/python/mock_calls/until_end_of_input.py"
RUN_UNTIL_END = [sys.executable, "-I", str(SCRIPT)]

CALLS = """
        def test_one(mock_calls):
            click(mock_calls)
            mock_calls.finish()
            [call] = mock_calls.calls()
            assert (call.id, call.outcome) == ("c1", "completed")
"""


@pytest.mark.parametrize("words", ["", " --port {port}", " --host 127.0.0.1"])
def test_a_command_starts_the_server(suite: RunSuite, words: str) -> None:
    command = f"{SERVER} serve{words}" if words else SERVER
    suite(CALLS, f"--mock-calls-command={command}").assert_outcomes(passed=1)


def test_a_server_that_a_command_started_has_the_scenarios_and_the_token(
    suite: RunSuite, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCKSERVER_TOKEN", "another")
    file = pytester.makefile(".yaml", mine="scenarios: {mine: {legs: {callee: rejected}}}")
    tests = """
        def test_one(mock_calls):
            mock_calls.use("mine")
            click(mock_calls)
            status = httpx.get(f"{mock_calls.origin}/_mock/calls", trust_env=False).status_code
            assert status == 401
        """
    options = (f"--mock-calls-scenarios={file}", "--mock-calls-token=secret")
    suite(tests, f"--mock-calls-command={SERVER}", *options).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        ("no-such-command", ["*'no-such-command' ended before*", "no-such-command: No such file*"]),
        (
            f"{SERVER} --sed 1",
            ["*ended before a line began with 'mockserver ready on'*", "*--sed*"],
        ),
        ("true", ["*it printed:", "(nothing)"]),
    ],
)
def test_a_command_that_starts_no_server_fails_the_test_with_what_it_printed(
    suite: RunSuite, command: str, lines: list[str]
) -> None:
    result = suite(CALLS, f"--mock-calls-command={command}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(lines)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["url=http://x", "command=x"], "pass --mock-calls-url or --mock-calls-command, not both"),
        (
            ["url=http://x", "scenarios=x"],
            "--mock-calls-scenarios needs a server that the plugin *",
        ),
        (["token=x"], "--mock-calls-token needs --mock-calls-url or --mock-calls-command: *"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    suite: RunSuite, options: list[str], problem: str
) -> None:
    result = suite(CALLS, *(f"--mock-calls-{option}" for option in options))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{problem}"])


@pytest.mark.parametrize("source", ["raise ModuleNotFoundError", ""], ids=["none", "another"])
def test_without_a_server_the_test_says_how_to_get_one(
    suite: RunSuite, pytester: pytest.Pytester, source: str
) -> None:
    """Another package of the index has the import name `mockserver`."""
    package = pytester.mkpydir("mockserver")
    (package / "__init__.py").write_text(source, "utf-8")
    result = suite("import sys\nsys.path.insert(0, '.')\n" + CALLS.replace("\n        ", "\n"))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["there is no mock server: install call-mockserver in this *"])


def test_a_command_ends_with_the_input_even_if_a_shell_has_started_it() -> None:
    nested = ["sh", "-c", f"{shlex.quote(sys.executable)} -c 'print(1, flush=True); input()'"]
    stubborn = [*RUN_UNTIL_END, "sh", "-c", "sleep 60 & echo started; wait"]
    for command in ([*RUN_UNTIL_END, *nested], stubborn):
        started = time.monotonic()
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own script
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdout.readline()
            process.stdin.close()
            assert process.stdout.read() == b""  # no one holds the pipe open any more
        assert time.monotonic() - started < 30


def test_a_command_that_ends_by_itself_passes_its_exit_code_on() -> None:
    with subprocess.Popen([*RUN_UNTIL_END, "sh", "-c", "exit 7"], stdin=subprocess.PIPE) as result:  # noqa: S603 - our own script
        result.wait(timeout=30)
    missing = subprocess.run(  # noqa: S603 - our own script
        [*RUN_UNTIL_END, "no-such-command"], check=False, timeout=30, capture_output=True
    )
    assert (result.returncode, missing.returncode) == (7, NOT_FOUND)
    assert missing.stderr == b"no-such-command: No such file or directory\n"


def test_a_session_that_uses_no_fixture_imports_nothing_but_the_plugin() -> None:
    count = (
        "import sys, pytest; before = set(sys.modules); import mock_calls.pytest_plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    run = subprocess.run([sys.executable, "-c", count], check=True, capture_output=True, text=True)  # noqa: S603 - our own line
    assert run.stdout.split() == ["mock_calls", "mock_calls.pytest_plugin"]


def test_a_failed_assertion_of_the_client_shows_no_frame_of_it(suite: RunSuite) -> None:
    result = suite(
        """
        def test_late(mock_calls):
            mock_calls.wait_for_webhook(within=0)

        def test_refused(mock_calls):
            mock_calls.use("no-such")

        def test_unreachable(mock_calls):
            mock_calls.origin = "http://127.0.0.1:9"
            mock_calls.calls()
        """,
        "--tb=short",
    )
    result.assert_outcomes(failed=3)
    result.stdout.no_fnmatch_line("*mock_calls/*.py:*")
    result.stdout.fnmatch_lines(["E   mock_calls.errors.WaitTimeout: no webhook has come *"])


def test_an_error_that_the_client_did_not_foresee_shows_its_frames(suite: RunSuite) -> None:
    result = suite("def test_one(mock_calls): mock_calls.scenario('mine', {1, 2})")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*mock_calls/transport.py:*"])


def test_the_types_of_the_fixtures_can_be_named() -> None:
    def typed(mock_calls: MockServer) -> None:
        mock_calls.attach("http://app.test", None)

    async def typed_async(async_mock_calls: AsyncMockServer) -> None:
        await async_mock_calls.attach("http://app.test", None)

    assert (typed.__name__, typed_async.__name__) == ("typed", "typed_async")
