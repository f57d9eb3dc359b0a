"""The pytest plugin with `--mock-calls-https`: code with the vendors' own hosts in it."""

import shlex
import sys

import pytest

from tests.support.suites import RunSuite

SERVER = shlex.join([sys.executable, "-m", "mockserver"])
URL = "https://portal.mobtexting.com/api/v2/voice/c2c"
CALLS = f"""
        from pathlib import Path

        @pytest.mark.mock_calls(credentials={{"mobtexting": ["key"]}})
        def test_one(mock_calls, monkeypatch):
            for name, value in mock_calls.https().environment.items():
                monkeypatch.setenv(name, value)
            httpx.post({URL!r}, json=CLICK, headers=HEADERS)
            assert [call.id for call in mock_calls.calls()] == ["c1"]
        """
FOLDERS = """
        import asyncio
        from pathlib import Path

        FOLDERS = []

        def test_open(async_mock_calls):
            https = asyncio.run(async_mock_calls.https())
            FOLDERS.append(Path(https.environment["MOCKSERVER_CA"]).parent)
            assert FOLDERS[0].is_dir()

        def test_closed():
            assert not FOLDERS[0].exists()
        """


@pytest.mark.parametrize("options", [(), (f"--mock-calls-command={SERVER}",)])
def test_an_application_with_the_host_of_the_vendor_in_it_calls_the_server(
    suite: RunSuite, options: tuple[str, ...]
) -> None:
    suite(CALLS, "--mock-calls-https", *options).assert_outcomes(passed=1)


def test_the_files_of_an_asynchronous_client_are_gone_after_the_test(suite: RunSuite) -> None:
    suite(FOLDERS, "--mock-calls-https").assert_outcomes(passed=2)


def test_a_server_at_an_address_has_to_have_its_own_https(suite: RunSuite) -> None:
    result = suite(CALLS, "--mock-calls-https", "--mock-calls-url=http://x")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*start yours with --https"])
