"""Applications that tests attach, in pytest processes as a user runs them."""

from collections.abc import Iterator

import pytest

from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.suites import RunSuite

APPLICATION = '''
        import asyncio


        def application(status):
            """An ASGI application that knows no lifespan, and what it has got."""

            async def app(scope, receive, send):
                message = await receive()
                headers = dict(scope["headers"])
                length = int(headers[b"content-length"])
                got.append((scope["method"], scope["path"], scope["query_string"], length))
                assert len(message["body"]) == length
                await send({"type": "http.response.start", "status": status, "headers": []})
                await send({"type": "http.response.body", "body": b"thanks"})

            got = []
            return app, got
'''


@pytest.fixture(params=["own server", "another server"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, ...]]:
    """The option of the server, if it is not that of the pytest process."""
    if request.param == "own server":
        yield ()
        return
    with run_server(Settings(port=0, clock="manual", seed="s", quiet=True)) as origin:
        yield (f"--mock-calls-url={origin}",)


def test_an_attached_application_receives_webhooks(
    suite: RunSuite, server: tuple[str, ...]
) -> None:
    """Of ASGI, of WSGI, and of ASGI in the event loop of the test, with and without its end."""
    result = suite(
        APPLICATION
        + """
        import json

        def test_asgi(mock_calls):
            app, got = application(202)
            mock_calls.attach("http://app.test:80/", app)
            mock_calls.deliver("mobtexting", to="http://app.test/re%20port?a=b")
            click(mock_calls)
            mock_calls.finish()
            [(*request, length)] = got
            assert (request, length > 100) == (["POST", "/re port", b"a=b"], True)
            [attempt] = mock_calls.webhooks()[0].attempts
            assert (attempt.status, attempt.response) == (202, "thanks")

        def test_wsgi(mock_calls):
            got = []

            def app(environ, start_response):
                body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
                got.append((environ["PATH_INFO"], json.loads(body)["status"]))
                start_response("200 OK", [])
                return []

            mock_calls.attach("http://app.test", app)
            mock_calls.deliver("mobtexting", to="http://app.test/report")
            mock_calls.use("callee-busy")
            click(mock_calls)
            mock_calls.finish()
            assert got == [("/report", "MISSED")]
            assert mock_calls.webhooks()[0].attempts[0].status == 200

        @pytest.mark.parametrize("closes", [True, False])
        def test_awaited(async_mock_calls, closes):
            async def run():
                app, got = application(202)
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
                assert (webhook.attempts[0].status, len(got)) == (202, 1)
                if closes:
                    await async_mock_calls.close()
            asyncio.run(run())
        """,
        *server,
    )
    result.assert_outcomes(passed=4)


def test_the_lifespan_of_an_application_ends_with_its_test(suite: RunSuite) -> None:
    result = suite(
        """
        log = []

        def application(last):
            async def app(scope, receive, send):
                assert scope["type"] == "lifespan"
                await receive()
                log.append("start")
                await send({"type": "lifespan.startup.complete"})
                await receive()
                log.append("end")
                await send({"type": f"lifespan.shutdown.{last}"})
            return app

        def test_one(mock_calls):
            mock_calls.attach("http://app.test", application("complete"))
            mock_calls.attach("http://two.test", application("complete"))
            assert log == ["start", "start"]

        def test_two():
            assert log == ["start", "start", "end", "end"]

        def test_three(mock_calls):
            mock_calls.attach("http://app.test", application("failed"))
        """
    )
    result.assert_outcomes(passed=3, errors=1)
    text = "*LifespanFailed: the application for http://app.test did not end: it sent lifespan.*"
    result.stdout.fnmatch_lines([text])


def test_a_failed_test_shows_what_its_application_raised_or_why_it_is_not_attached(
    suite: RunSuite,
) -> None:
    result = suite(
        """
        async def app(scope, receive, send):
            assert scope["type"] == "http"
            raise KeyError("boom")

        def test_raises(mock_calls):
            mock_calls.attach("http://app.test", app)
            mock_calls.deliver("mobtexting", to="http://app.test/report")
            click(mock_calls)
            mock_calls.finish()
            assert mock_calls.webhooks()[0].state == "delivered"

        @pytest.mark.parametrize(
            ("origin", "application"),
            [("http://app.test", "main:app"), ("app.test", app), ("http://my app.test", app)],
        )
        def test_refused(mock_calls, origin, application):
            mock_calls.attach(origin, application)
        """,
    )
    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines(
        [
            "*an error of the application for http://app.test*",
            "Traceback (most recent call last):",
            '  File "*.py", line *, in app',
            '    raise KeyError("boom")',
            "KeyError: 'boom'",
            "*NotAttachable: attach() takes an ASGI or a WSGI *",
            "*ValueError: 'app.test' is not an origin such as http://app.test*",
            "*ControlError: PATCH /_mock/receivers -> 422: 'http://my app.test' is not an origin *",
        ]
    )
