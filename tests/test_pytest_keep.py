"""Sandboxes of failed tests stay on a server that stays, and the report has links to their page."""

import re
import shlex
from collections.abc import Iterator

import httpx
import pytest

from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.fetch import fetch_bytes
from tests.support.processes import start
from tests.support.suites import RunSuite

FAILS = """
        def test_fails(mock_calls):
            click(mock_calls)
            raise AssertionError
        """
PASSES = """
        def test_passes(mock_calls):
            click(mock_calls)
            mock_calls.finish()
        """
SKIPS = """
        def test_skips(mock_calls):
            pytest.skip("not today")
        """
FAILS_EXPECTEDLY = """
        @pytest.mark.xfail
        def test_fails(mock_calls):
            raise AssertionError
        """
FAILS_STRICTLY = """
        def test_fails(mock_calls):
            click(mock_calls, "/nothing")
        """
FAILS_IN_A_FIXTURE = """
        @pytest.fixture
        def broken(mock_calls):
            click(mock_calls)
            raise AssertionError

        def test_fails(broken):
            pass
        """
FAILS_WITH_ASYNCIO = """
        def test_fails(async_mock_calls):
            click(async_mock_calls)
            raise AssertionError
        """
PAGE = re.compile(r"  (http://127\.0\.0\.1:\d+/_sandbox/test-[0-9a-f-]+/_mock/ui/)")


@pytest.fixture
def origin() -> Iterator[str]:
    with run_server(Settings(port=0, clock="manual", seed="s", quiet=True)) as origin:
        yield origin


def sandboxes(origin: str) -> list[str]:
    found = httpx.get(f"{origin}/_mock/sandboxes", trust_env=False).json()["sandboxes"]
    return [each["name"] for each in found if each["name"] != "default"]


@pytest.mark.parametrize("tests", [FAILS, FAILS_STRICTLY, FAILS_IN_A_FIXTURE, FAILS_WITH_ASYNCIO])
def test_the_sandbox_of_a_failed_test_stays_and_its_page_is_linked(
    suite: RunSuite, origin: str, tests: str
) -> None:
    result = suite(tests, f"--mock-calls-url={origin}", "--mock-calls-keep=failed")
    [name] = sandboxes(origin)
    page = f"{origin}/_sandbox/{name}/_mock/ui/"
    result.stdout.fnmatch_lines(["The server keeps the sandbox. Its page:", f"  {page}"])
    calls = httpx.get(f"{page.replace('ui/', 'calls')}", trust_env=False).json()["calls"]
    links = [line for line in result.outlines if line.startswith("  c1: ")]
    assert links == [f"  c1: {page}calls/{call['id']}" for call in calls]


@pytest.mark.parametrize("tests", [PASSES, SKIPS, FAILS_EXPECTEDLY])
def test_the_sandbox_of_a_test_that_has_not_failed_is_deleted(
    suite: RunSuite, origin: str, tests: str
) -> None:
    result = suite(tests, f"--mock-calls-url={origin}", "--mock-calls-keep=failed")
    assert result.ret == 0
    assert sandboxes(origin) == []


@pytest.mark.parametrize("options", [(), ("--mock-calls-keep=none",)])
def test_without_the_option_no_sandbox_stays_and_none_is_linked(
    suite: RunSuite, origin: str, options: tuple[str, ...]
) -> None:
    result = suite(FAILS, f"--mock-calls-url={origin}", *options)
    assert sandboxes(origin) == []
    assert [line for line in result.outlines if PAGE.match(line)] == []


@pytest.mark.parametrize("options", [(), ("--mock-calls-command=x",)])
def test_a_server_that_ends_with_the_tests_keeps_nothing(
    suite: RunSuite, options: tuple[str, ...]
) -> None:
    result = suite(FAILS, "--mock-calls-keep=failed", *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    problem = "--mock-calls-keep needs --mock-calls-url: a server that the plugin starts ends *"
    result.stderr.fnmatch_lines([f"*{problem}"])


def test_the_report_has_the_command_that_shows_the_run_in_a_browser(
    suite: RunSuite, pytester: pytest.Pytester
) -> None:
    result = suite(FAILS)
    [line] = [line for line in result.outlines if line.startswith("  mockserver ui ")]
    _, command, file = shlex.split(line)
    with start(command, str(pytester.path / file)) as process:
        assert process.stdout
        page = process.stdout.readline().split()[-1]
        lines = fetch_bytes(page.replace("ui/", "file.jsonl")).decode().splitlines()
    assert '"call":"c1"' in lines[1]
