"""Tiny test suites, each beside a package that changes how tests run or what they may reach."""

from textwrap import dedent
from typing import NamedTuple

from tests.environments.frameworks import FRAMEWORKS
from tests.support.suites import SUITE_HEADER

PLAIN = """
def test_one(mock_calls):
    mock_calls.use("callee-busy")
    click(mock_calls)
    mock_calls.finish()
    assert [call.outcome for call in mock_calls.calls()] == ["busy"]
    assert mock_calls.webhooks(kind="completed")[0].attempts[0].status == 200
"""

AWAITED = """
import asyncio

def test_awaited(async_mock_calls):
    async def run():
        click(async_mock_calls)
        await async_mock_calls.finish()
        [call] = await async_mock_calls.calls()
        assert call.outcome == "completed"
    asyncio.run(run())
"""


class Case(NamedTuple):
    """A suite with the packages beside it; `printed` is what pytest prints, if it is to fail."""

    packages: tuple[str, ...]
    suite: str
    options: tuple[str, ...] = ()
    printed: str = ""

    def source(self) -> str:
        return SUITE_HEADER + dedent(self.suite)


CASES = {
    "xdist": Case(
        packages=("pytest-xdist",),
        suite="""
        @pytest.mark.parametrize("nth", range(8))
        def test_many(mock_calls, nth):
            click(mock_calls)
            assert [call.id for call in mock_calls.calls()] == ["c1"]
        """,
        options=("-n", "2"),
    ),
    "randomly": Case(
        packages=("pytest-randomly",),
        suite=f"""
        import random
        {PLAIN.replace(chr(10), chr(10) + " " * 8)}

        @pytest.mark.parametrize("nth", range(4))
        def test_many(mock_calls, nth):
            random.seed(0)
            click(mock_calls)
            assert [call.id for call in mock_calls.calls()] == ["c1"]
        """,
    ),
    "respx": Case(
        packages=("respx",),
        suite="""
        import asyncio
        import respx

        @respx.mock
        def test_beside(mock_calls):
            respx.route(host="127.0.0.1").pass_through()
            respx.get("https://billing.test/").respond(json={"open": 3})
            assert httpx.get("https://billing.test/").json() == {"open": 3}
            click(mock_calls)
            mock_calls.finish()
            assert mock_calls.wait_for_webhook(kind="completed").state == "delivered"

        @respx.mock
        def test_no_route_is_needed_for_the_client(mock_calls):
            assert mock_calls.finish().pending == 0

        def test_awaited(async_mock_calls):
            with respx.mock:
                assert asyncio.run(async_mock_calls.calls()) == []
        """,
    ),
    "httpx": Case(
        packages=("pytest-httpx",),
        suite="""
        import asyncio

        @pytest.mark.httpx_mock(should_mock=lambda request: request.url.host == "billing.test")
        def test_beside(mock_calls, httpx_mock):
            httpx_mock.add_response(url="https://billing.test/", json={"open": 3})
            assert httpx.get("https://billing.test/").json() == {"open": 3}
            click(mock_calls)
            mock_calls.finish()
            assert mock_calls.wait_for_webhook(kind="completed").state == "delivered"

        def test_no_option_is_needed_for_the_client(mock_calls, httpx_mock):
            assert mock_calls.finish().pending == 0

        def test_awaited(async_mock_calls, httpx_mock):
            assert asyncio.run(async_mock_calls.calls()) == []
        """,
    ),
    "responses": Case(
        packages=("responses",),
        suite="""
        import requests
        import responses

        @responses.activate
        def test_beside(mock_calls):
            responses.add_passthru("http://127.0.0.1")
            url = mock_calls.url("mobtexting") + "/api/v2/voice/c2c"
            response = requests.post(url, json={**CLICK, "to": "+91"}, headers=HEADERS, timeout=9)
            assert "to-malformed" in str(mock_calls.explain(response))
            with pytest.raises(Exception, match="to-malformed"):
                mock_calls.raise_for_fault(response)
        """,
    ),
    "vcrpy": Case(
        packages=("vcrpy",),
        suite="""
        import vcr

        def test_beside(mock_calls, tmp_path):
            with vcr.use_cassette(str(tmp_path / "tape.yaml"), record_mode="none"):
                assert mock_calls.finish().pending == 0
            assert not (tmp_path / "tape.yaml").exists()
        """,
    ),
    "freezegun": Case(
        packages=("freezegun",),
        suite="""
        import asyncio
        from datetime import datetime
        from freezegun import freeze_time

        @freeze_time("2020-02-03")
        def test_beside(mock_calls):
            click(mock_calls)
            mock_calls.finish()
            assert mock_calls.wait_for_webhook(kind="completed").state == "delivered"
            assert (datetime.now().year, mock_calls.calls()[0].created_at.year) == (2020, 2026)

        @freeze_time("2020-02-03")
        def test_awaited(async_mock_calls):
            assert asyncio.run(async_mock_calls.calls()) == []
        """,
    ),
    "time-machine": Case(
        packages=("time-machine",),
        suite="""
        import asyncio
        from datetime import datetime
        import time_machine

        @time_machine.travel("2020-02-03", tick=False)
        def test_beside(mock_calls):
            click(mock_calls)
            mock_calls.finish()
            assert mock_calls.wait_for_webhook(kind="completed").state == "delivered"
            assert (datetime.now().year, mock_calls.calls()[0].created_at.year) == (2020, 2026)

        @time_machine.travel("2020-02-03", tick=False)
        def test_awaited(async_mock_calls):
            assert asyncio.run(async_mock_calls.calls()) == []
        """,
    ),
    "socket": Case(
        packages=("pytest-socket",), suite=PLAIN + AWAITED, options=("--allow-hosts=127.0.0.1",)
    ),
    "socket-blocked": Case(
        packages=("pytest-socket",),
        suite=PLAIN,
        options=("--disable-socket",),
        printed="pytest-socket blocks the mock server: run pytest with --allow-hosts=127.0.0.1",
    ),
    "asyncio": Case(
        packages=("pytest-asyncio",),
        suite="""
        @pytest.mark.asyncio
        async def test_awaited(async_mock_calls):
            await async_mock_calls.use("callee-busy")
            click(async_mock_calls)
            assert (await async_mock_calls.finish()).pending == 0
            assert [call.outcome for call in await async_mock_calls.calls()] == ["busy"]
        """,
    ),
    "frameworks": Case(
        packages=("fastapi", "flask", "quart", "django", "pytest-asyncio"), suite=FRAMEWORKS
    ),
}

BESIDE = (
    *("fastapi==0.115.*", "fastapi==0.121.*", "fastapi==0.128.*"),
    *("flask==3.0.*", "django==4.2.*", "click==8.1.*", "httpx==0.27.*"),
)
"""Old packages, with each of which the client has to be installable."""

OLD_APPLICATION = Case(
    packages=("fastapi==0.115.*", "httpx==0.27.*", "click==8.1.*"),
    suite="""
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    app = FastAPI()

    @app.post("/calls")
    def place():
        return {"status": click(app.state.mock).status_code}

    def test_an_old_application_places_a_call(mock_calls):
        app.state.mock = mock_calls
        mock_calls.use("callee-busy")
        assert TestClient(app).post("/calls").json() == {"status": 200}
        mock_calls.finish()
        assert mock_calls.webhooks(kind="completed")[0].body["status"] == "MISSED"
    """,
)
