"""The pytest plugin, in pytest processes as a user runs them."""

import pytest

from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.suites import RunSuite


def test_each_test_has_a_sandbox_of_its_own(suite: RunSuite) -> None:
    result = suite(
        """
        @pytest.mark.parametrize("nth", range(3))
        def test_one(mock_calls, nth):
            mock_calls.use("callee-busy")
            click(mock_calls)
            mock_calls.finish()
            [call] = mock_calls.calls()
            assert (call.id, call.outcome) == ("c1", "busy")
            assert mock_calls.webhooks(kind="completed")[0].attempts[0].status == 200
        """
    )
    result.assert_outcomes(passed=3)


def test_the_mark_configures_the_sandbox(suite: RunSuite) -> None:
    result = suite(
        """
        KEY = {"mobtexting": ["my-key"]}

        @pytest.mark.mock_calls(start_at="2030-01-01T00:00:00Z", credentials=KEY, seed="x")
        def test_claimed(mock_calls):
            url = mock_calls.origin + "/mobtexting/api/v2/voice/c2c"
            headers = HEADERS | {"authorization": "Bearer my-key"}
            httpx.post(url, json=CLICK, headers=headers, trust_env=False)
            assert mock_calls.calls()[0].created_at.year == 2030
        """
    )
    result.assert_outcomes(passed=1)


def test_a_server_given_by_url_is_used(suite: RunSuite) -> None:
    tests = """
        def test_one(mock_calls):
            click(mock_calls)
            assert len(mock_calls.calls()) == 1
        """
    with run_server(Settings(port=0, clock="manual", seed="s", quiet=True)) as origin:
        result = suite(tests, f"--mock-calls-url={origin}")
    result.assert_outcomes(passed=1)


def test_scenarios_of_a_given_file_can_be_used(suite: RunSuite, pytester: pytest.Pytester) -> None:
    file = pytester.makefile(".yaml", mine="scenarios: {mine: {legs: {callee: rejected}}}")
    result = suite(
        """
        def test_one(mock_calls):
            mock_calls.use("mine")
            click(mock_calls)
            mock_calls.finish()
            assert mock_calls.calls()[0].outcome == "rejected"
        """,
        f"--mock-calls-scenarios={file}",
    )
    result.assert_outcomes(passed=1)
