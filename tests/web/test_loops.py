"""A loop of webhooks to the own server ends, however they spell its address."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import httpx
import pytest

from mockserver.app import run_server
from mockserver.settings import parse_settings
from mockserver.web.vendor.acceptance import MAX_WEBHOOK_DEPTH
from tests.support.certificates import write_certificates
from tests.support.receivers import serve_receiver
from tests.support.sockets import free_port

QUERY = "access_token=k&bridge=918068281234&from=918867135000&to=918867136000"
CALL = f"/mobtexting/api/v2/voice/c2c?{QUERY}"
HOST_NAMES = ("127.0.0.1", "localhost", "127.0.0.2", "loop.localhost", "[::1]")
EVERYWHERE = "::"
HOST = "127.0.0.1"


@pytest.fixture(params=HOST_NAMES)
def client(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    port = free_port()
    flags = {
        "host": EVERYWHERE,
        "port": str(port),
        "clock": "manual",
        "token": "none",
        "quiet": True,
        "webhook": (f"mobtexting=http://{request.param}:{port}{CALL}",),
    }
    try:
        with (
            run_server(parse_settings(flags, {})),
            httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http,
        ):
            yield http
    except OSError:
        pytest.skip("this machine has no IPv6")


def run_loop(client: httpx.Client) -> list[dict[str, Any]]:
    """Place a call whose webhook places the next one; return the attempts, the last refused."""
    client.post(CALL, json={}).raise_for_status()
    result = client.post("/_mock/clock/advance", json={"until": "idle"}).json()
    assert (result["attempts"], result["stop_reason"], result["next_at"]) == (
        MAX_WEBHOOK_DEPTH + 1,
        None,
        None,
    )
    attempts = [
        webhook["attempts"][0] for webhook in client.get("/_mock/webhooks").json()["webhooks"]
    ]
    assert [attempt["status"] for attempt in attempts] == [200] * MAX_WEBHOOK_DEPTH + [508]
    return attempts


def test_a_loop_of_webhooks_to_the_own_server_ends_at_the_maximum_depth(
    client: httpx.Client,
) -> None:
    attempts = run_loop(client)
    assert attempts[-1]["response"] == {
        "type": "urn:call-mockserver:problem:webhook-loop",
        "title": "webhook loop",
        "status": 508,
        "detail": "webhooks to this very server have led to one another 8 times",
    }
    assert len(client.get("/_mock/calls").json()["calls"]) == MAX_WEBHOOK_DEPTH + 1


def test_a_new_request_of_the_client_restarts_the_webhook_depth(client: httpx.Client) -> None:
    for _ in range(2):
        client.post(CALL, json={}).raise_for_status()
        client.post("/_mock/clock/advance", json={"until": "idle"}).raise_for_status()
    assert len(client.get("/_mock/calls").json()["calls"]) == 2 * (MAX_WEBHOOK_DEPTH + 1)


@contextmanager
def forward_to(port: int) -> Iterator[int]:
    """Pass the bytes of connections on to a port, as a proxy at another address does."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(HOST, port)
        try:
            await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))
        finally:
            inner_writer.transport.abort()

    async def main() -> None:
        async with serve_receiver(handle) as public_port:
            ports.put(public_port)
            await asyncio.to_thread(is_done.wait)

    ports, is_done = SimpleQueue[int](), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    try:
        yield ports.get(timeout=10)
    finally:
        is_done.set()
        thread.join(10)


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while part := await reader.read(65_536):
            writer.write(part)
        writer.write_eof()


@contextmanager
def run_looping_server(
    port: int, webhook_origin: str, scheme: str = "http", **flags: object
) -> Iterator[httpx.Client]:
    """Run a server whose webhooks place calls at an origin."""
    usual = {"port": str(port), "clock": "manual", "quiet": True}
    webhook = (f"mobtexting={webhook_origin}{CALL}",)
    with (
        run_server(parse_settings({**usual, "webhook": webhook, **flags}, {})),
        httpx.Client(base_url=f"{scheme}://{HOST}:{port}", trust_env=False, verify=False) as http,  # noqa: S501 - the certificate is for another name
    ):
        yield http


def test_a_loop_over_tls_ends(tmp_path: Path) -> None:
    write_certificates(tmp_path)
    port = free_port()
    tls = {"tls_cert": str(tmp_path / "self.pem"), "tls_key": str(tmp_path / "key.pem")}
    with run_looping_server(port, f"https://{HOST}:{port}", "https", **tls) as client:
        run_loop(client)


def test_a_loop_through_the_public_url_ends() -> None:
    port = free_port()
    with forward_to(port) as public_port:
        public_url = f"http://mock.localhost:{public_port}"
        with run_looping_server(port, public_url, public_url=public_url) as client:
            run_loop(client)


@pytest.fixture(scope="module")
def looping() -> Iterator[httpx.Client]:
    port = free_port()
    with run_looping_server(port, f"http://{HOST}:{port}") as client:
        yield client


@pytest.mark.parametrize(
    ("depth", "status", "webhooks"),
    [
        ("0", 200, 9),
        ("1", 200, 8),
        ("8", 200, 1),
        ("9", 508, 0),
        ("99999999999999999999", 508, 0),
        # no number: as without the header
        ("", 200, 9),
        ("-9", 200, 9),
        ("9x", 200, 9),
        ("1_0", 200, 9),
        ("\xb2", 200, 9),
    ],
)
def test_a_client_that_sends_a_depth_shortens_only_the_loop_of_its_own_request(
    looping: httpx.Client, depth: str, status: int, webhooks: int
) -> None:
    looping.post("/_mock/reset").raise_for_status()
    headers = {b"X-Mock-Webhook-Depth": depth.encode("latin-1")}
    assert looping.post(CALL, json={}, headers=headers).status_code == status
    advanced = looping.post("/_mock/clock/advance", json={"until": "idle"}).json()
    assert advanced["attempts"] == webhooks
    looping.post("/_mock/reset").raise_for_status()
    run_loop(looping)


def test_the_depth_is_shown_nowhere(looping: httpx.Client) -> None:
    """A webhook of the loop has it, and so have requests to a vendor, to no route, to an inbox."""
    looping.post("/_mock/reset").raise_for_status()
    headers = {"x-mock-webhook-depth": "2"}
    for path in (CALL, "/nowhere", "/_mock/receive/box"):
        looping.post(path, json={}, headers=headers)
    looping.post("/_mock/clock/advance", json={"until": "idle"}).raise_for_status()
    shown = ("requests", "calls", "webhooks", "journal", "journal?format=jsonl", "inboxes/box")
    for path in shown:
        text = looping.get(f"/_mock/{path}").text
        assert len(text) > 100
        assert "webhook-depth" not in text.lower()


def test_forwarded_headers_do_not_change_the_client_address() -> None:
    """Otherwise loops would not be noticed, and an IP allow list could be bypassed."""
    with run_server(parse_settings({"port": "0", "clock": "manual", "quiet": True}, {})) as origin:
        account = f"{origin}/_mock/accounts/phonon/phonon-default"
        httpx.patch(account, json={"ip_allow_list": ["10.0.0.0/8"]}).raise_for_status()
        response = httpx.post(
            f"{origin}/phonon/kairos-apis/outbound/create",
            json={"api-version": "1.0", "security-id": "k", "flow-id": "f", "calls": []},
            headers={"x-forwarded-for": "10.1.2.3"},
        )
    assert response.headers["x-mock-fault"] == "ip-not-whitelisted"
