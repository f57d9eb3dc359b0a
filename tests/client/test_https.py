"""`https()` of the clients: what leads code with the vendors' own hosts to the server."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from mock_calls import AsyncMockServer, ControlError, Https, MockServer
from mockserver.app import run_server
from mockserver.settings import Settings

URL: Final = "https://portal.mobtexting.com/api/v2/voice/c2c"
CLICK: Final = {"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}
HEADERS: Final = {"authorization": "Bearer key", "x-mock-sandbox": "by-https"}
ASK: Final = (
    "import urllib.error, urllib.request\n"
    "try: urllib.request.urlopen('https://in.effebot.com/none')\n"
    "except urllib.error.HTTPError as error: print(error.code)"
)


@pytest.fixture(scope="module")
def https_origin() -> Iterator[str]:
    with run_server(Settings(port=0, seed="s", quiet=True, https=True)) as origin:
        yield origin


def test_a_library_calls_the_vendor_by_proxy_and_context(https_origin: str) -> None:
    with MockServer(https_origin, "by-https") as client:
        client.open(clock="manual")
        https = client.https()
        response = httpx.post(
            URL, json=CLICK, headers=HEADERS, proxy=https.proxy, verify=https.context
        )
        assert (response.status_code, [call.id for call in client.calls()]) == (200, ["c1"])


def test_a_program_calls_the_vendor_in_the_environment(https_origin: str) -> None:
    with MockServer(https_origin) as client:
        environment = client.https().environment
        run = subprocess.run(  # noqa: S603 - our own line
            [sys.executable, "-c", ASK], env=environment, check=True, capture_output=True, text=True
        )
    assert run.stdout == "404\n"


@pytest.mark.parametrize("end", ["close", "drop"])
def test_the_files_are_there_until_the_client_is_closed_or_its_sandbox_dropped(
    end: str, https_origin: str
) -> None:
    client = MockServer(https_origin, f"files-{end}")
    client.open()
    folders = [folder_of(client.https()) for _ in range(2)]
    assert [folder.is_dir() for folder in folders] == [True, True]
    getattr(client, end)()
    assert [folder.exists() for folder in folders] == [False, False]


def test_the_asynchronous_client_has_the_same(https_origin: str) -> None:
    async def run() -> tuple[str, Path]:
        async with AsyncMockServer(https_origin) as client:
            https = await client.https()
            assert folder_of(https).is_dir()
            return https.proxy, folder_of(https)

    proxy, folder = asyncio.run(run())
    assert (proxy, folder.exists()) == (https_origin, False)


def test_an_exception_for_a_vendor_warns_the_caller(
    https_origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "phonon.io")
    with MockServer(https_origin) as client, pytest.warns(UserWarning, match="'phonon.io'") as seen:
        client.https()
    assert [warning.filename for warning in seen] == [__file__]


def test_a_server_without_https_says_how_to_start_it(mock: MockServer) -> None:
    with pytest.raises(ControlError, match="start it with --https"):
        mock.https()


def folder_of(https: Https) -> Path:
    return Path(https.environment["MOCKSERVER_CA"]).parent
