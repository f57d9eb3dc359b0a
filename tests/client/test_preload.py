"""The script that Node loads: its TLS connections go through the proxy, as `NO_PROXY` allows."""

import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from threading import Thread
from typing import Final

import pytest

from mock_calls.https_environment import HttpsAccess
from mock_calls.https_folder import https_folder
from mockserver.app import run_https_server
from mockserver.settings import Settings

NODE: Final = shutil.which("node") or ""
ASK: Final = """
const https = require("node:https");
https.get(process.argv[1], (response) => console.log(response.resume().statusCode))
  .on("error", (error) => console.log(error.message));
"""
CONNECT: Final = """
const tls = require("node:tls");
const end = () => { console.log(socket.authorized, socket.servername); socket.end(); };
const host = "portal.mobtexting.com";
const forms = {
  one: [{ port: 443, host }, end],
  two: [443, host, end],
  three: [443, { host }, end],
};
const socket = tls.connect(...forms[process.argv[1]]);
"""

pytestmark = pytest.mark.skipif(not NODE, reason="the script is for Node")


@pytest.fixture(scope="module")
def environment() -> Iterator[Mapping[str, str]]:
    settings = Settings(port=0, seed="s", quiet=True, https=True, https_port=0)
    with run_https_server(settings) as (address, parts):
        https, store = parts.https, parts.https.build_trust_store()
        access = HttpsAccess(address.own_host, address.port, parts.hosts, https.root_pem, store)
        with https_folder(access) as environment:
            own = {**environment.variables, "TLS_PORT": str(address.tls_port)}
            del own["NODE_USE_ENV_PROXY"]  # newer versions would not need the script
            yield own


def run_node(environment: Mapping[str, str], source: str, word: str) -> str:
    command = [NODE, "-e", source, word]
    run = subprocess.run(  # noqa: S603 - our own lines
        command, env=environment, check=True, capture_output=True, text=True, timeout=60
    )
    return run.stdout


def test_a_vendor_answers_and_another_host_is_refused_by_name(
    environment: Mapping[str, str],
) -> None:
    assert run_node(environment, ASK, "https://acme.eu.ccaiplatform.com/none") == "404\n"
    refusal = "403 mockserver emulates no other.example:443\n"
    assert run_node(environment, ASK, "https://other.example/") == refusal


def test_this_machine_is_reached_without_the_proxy(environment: Mapping[str, str]) -> None:
    url = f"https://localhost:{environment['TLS_PORT']}/_mock/health"
    assert run_node(environment, ASK, url) == "200\n"


@pytest.mark.parametrize("form", ["one", "two", "three"])
def test_each_form_of_connect_is_led(form: str, environment: Mapping[str, str]) -> None:
    assert run_node(environment, CONNECT, form) == "true portal.mobtexting.com\n"


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (b"", "the proxy ended the connection\n"),
        (b"HTTP/1.1 407 who are you\r\n\r\n", "407 who are you\n"),
        (b"x" * 70_000, "no response to CONNECT\n"),
    ],
)
def test_a_proxy_that_opens_no_tunnel_is_an_error(
    response: bytes, message: str, environment: Mapping[str, str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=respond_once, args=(listener, response), daemon=True).start()
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        own = {**environment, "HTTPS_PROXY": proxy}
        assert run_node(own, ASK, "https://portal.mobtexting.com/") == message


def respond_once(listener: socket.socket, response: bytes) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(65_536)
        connection.sendall(response)


def test_without_a_proxy_nothing_is_led(environment: Mapping[str, str]) -> None:
    own = {name: value for name, value in environment.items() if name != "HTTPS_PROXY"}
    url = f"https://localhost:{environment['TLS_PORT']}/_mock/health"
    assert run_node({**own, "NO_PROXY": ""}, ASK, url) == "200\n"
