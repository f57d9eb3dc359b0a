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


def test_a_failed_test_shows_the_timeline(suite: RunSuite) -> None:
    result = suite(
        """
        def test_fails(mock_calls):
            click(mock_calls)
            mock_calls.finish()
            mock_calls.wait_for_webhook(within=0, body__status="MISSED")
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*body.status is 'COMPLETED', not 'MISSED'",
            "*what happened at the mock server*",
            "09:00:00 mobtexting c1 placed",
            "09:00:10 mobtexting c1 w1 completed attempt 1 *",
        ]
    )


def test_a_failed_test_without_the_fixture_shows_no_timeline(suite: RunSuite) -> None:
    result = suite("def test_fails(): raise AssertionError")
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*what happened at the mock server*")


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ('click(mock_calls, "/api/v2/voice/c2")', "*unknown path: POST /*/api/v2/voice/c2"),
        (
            (
                'httpx.post(mock_calls.url("mobtexting") + "/api/v2/voice/c2c", json=CLICK, '
                'headers=HEADERS | {"x-mock-scenario": "calle-busy"}, trust_env=False)'
            ),
            "*refused by the mock server: POST /*/api/v2/voice/c2c: no scenario is named *",
        ),
        (
            (
                'httpx.post(mock_calls.url("mobtexting") + "/api/v2/voice/c2c", json=CLICK, '
                'headers=HEADERS | {"content-encoding": "br"}, trust_env=False)'
            ),
            "*refused by the mock server: POST /*/api/v2/voice/c2c: send it plain, as gzip *",
        ),
        (
            'httpx.get(mock_calls.url("x"), headers={"origin": "http://evil.test"})',
            "*refused by the mock server: GET /x: the Origin header is *",
        ),
        (
            'mock_calls.use("waits-for-a-person"); click(mock_calls); mock_calls.finish()',
            "*call c1 is left waiting for a person",
        ),
        (
            (
                'httpx.put(mock_calls.url("_mock/scenarios/x"), trust_env=False, json='
                '{"legs": {"agent": "busy"}}).raise_for_status(); '
                'mock_calls.use("x"); click(mock_calls)'
            ),
            "*ignored: scenario x: legs.agent: c2c has no leg agent, only a, b, callee, from, to",
        ),
    ],
    ids=["unknown path", "unknown scenario", "encoding", "foreign page", "person", "ignored"],
)
def test_a_strict_test_fails_at_its_end_for_what_nobody_meant(
    suite: RunSuite, action: str, message: str
) -> None:
    tests = """
        def test_strict(mock_calls):
            {act}

        @pytest.mark.mock_calls(strict=False)
        def test_lenient(mock_calls):
            {act}
        """
    result = suite(tests.format(act=action))
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines([message])


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


APPLICATION = """
        def application(status):
            async def app(scope, receive, send):
                message = await receive()
                asked = (scope["method"], scope["path"], scope["query_string"])
                got.append((*asked, message["body"][:10]))
                await send({"type": "http.response.start", "status": status, "headers": []})
                await send({"type": "http.response.body", "body": b"thanks"})
            got = []
            return app, got
"""


def test_an_attached_application_receives_webhooks(suite: RunSuite) -> None:
    result = suite(
        APPLICATION
        + """
        def test_blocking(mock_calls):
            app, got = application(202)
            mock_calls.attach("http://app.test/", app)
            mock_calls.deliver("mobtexting", to="http://app.test/report?a=b")
            click(mock_calls)
            mock_calls.finish()
            assert got == [("POST", "/report", b"a=b", b'{"bridge":')]
            [attempt] = mock_calls.webhooks()[0].attempts
            assert (attempt.status, attempt.response) == (202, "thanks")
        """
    )
    result.assert_outcomes(passed=1)


def test_an_attached_application_runs_in_the_event_loop_of_the_test(suite: RunSuite) -> None:
    result = suite(
        """
        import asyncio
        """
        + APPLICATION
        + """
        def test_awaited(async_mock_calls):
            async def run():
                app, got = application(503)
                mine = asyncio.get_running_loop()
                async def checked(*arguments):
                    assert asyncio.get_running_loop() is mine
                    await app(*arguments)
                await async_mock_calls.attach("http://app.test", checked)
                await async_mock_calls.deliver("mobtexting", to="http://app.test")
                async with httpx.AsyncClient(trust_env=False) as client:
                    url = async_mock_calls.url("mobtexting") + "/api/v2/voice/c2c"
                    await client.post(url, json=CLICK, headers=HEADERS)
                await async_mock_calls.finish()
                [webhook] = await async_mock_calls.webhooks()
                assert (webhook.state, len(got)) == ("failed", 1)
                await async_mock_calls.close()
            asyncio.run(run())
        """
    )
    result.assert_outcomes(passed=1)


def test_a_server_given_by_url_is_used_but_attaches_no_application(suite: RunSuite) -> None:
    tests = """
        def test_one(mock_calls):
            click(mock_calls)
            assert len(mock_calls.calls()) == 1

        def test_attaching(mock_calls):
            mock_calls.attach("http://app.test", None)
        """
    with run_server(Settings(port=0, clock="manual", seed="s", quiet=True)) as origin:
        result = suite(tests, f"--mock-calls-url={origin}")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*attach() needs the plugin's own server*"])


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
