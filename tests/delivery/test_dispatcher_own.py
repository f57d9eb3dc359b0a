"""A webhook to this very server by TLS: known by its certificate, whatever name that bears."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Delivery, DeliveryResult
from mockserver.delivery.address_policy import AddressPolicy
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.delivery.http_request import HttpRequest
from tests.support.builders import build_delivery, build_webhook

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
THANKS = DeliveryResult(status=200, error=None, body=b"ok")
TLS = DeliveryResult(status=None, error="tls")
HERE = "127.0.0.1"

KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUYTbFggxEUKFm0GV
cky7T5UtX6lMzwJOP3psSDttltKhRANCAAQ2HYkg0SjfZ8oRRvArCqHnfYySiqab
MaUjf27rJJahico2Ulhl6qHxwfjLZt20u4tGXTPuRF5clWhecY+yPw1z
-----END PRIVATE KEY-----
"""
SELF = """\
-----BEGIN CERTIFICATE-----
MIIBeDCCAR2gAwIBAgIBEDAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAt2ZW5kb3Iu
dGVzdDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFjEUMBIGA1UE
AwwLdmVuZG9yLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ2HYkg0Sjf
Z8oRRvArCqHnfYySiqabMaUjf27rJJahico2Ulhl6qHxwfjLZt20u4tGXTPuRF5c
lWhecY+yPw1zo1owWDAWBgNVHREEDzANggt2ZW5kb3IudGVzdDAPBgNVHRMBAf8E
BTADAQH/MA4GA1UdDwEB/wQEAwIChDAdBgNVHQ4EFgQUVJJ1WUjBj9FWlWsTpVeF
6/Vplk8wCgYIKoZIzj0EAwIDSQAwRgIhAO38CNgpK9WMRT9FlP4nN5XUhbtRmeEz
dd04rx4gUe7ZAiEAqBShmjYz67OkLOunAotMQDErpUvtaTgOlIyaSk18oZE=
-----END CERTIFICATE-----
"""
"""Signed by itself, for vendor.test, until 2120: it guards nothing but these tests."""

LEAF = """\
-----BEGIN CERTIFICATE-----
MIIBljCCATygAwIBAgIBETAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxub2JvZHkg
a25vd3MwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBYxFDASBgNV
BAMMC3ZlbmRvci50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENh2JINEo
32fKEUbwKwqh532MkoqmmzGlI39u6ySWoYnKNlJYZeqh8cH4y2bdtLuLRl0z7kRe
XJVoXnGPsj8Nc6N4MHYwFgYDVR0RBA8wDYILdmVuZG9yLnRlc3QwDAYDVR0TAQH/
BAIwADAOBgNVHQ8BAf8EBAMCB4AwHQYDVR0OBBYEFFSSdVlIwY/RVpVrE6VXhev1
aZZPMB8GA1UdIwQYMBaAFEuOyy6CjqmKobnpu48gQJpPKlW8MAoGCCqGSM49BAMC
A0gAMEUCIG+Hh1dsOjOSoHtbS0EOusqR6bifB7Dkd2dOz97dHjHxAiEAzcEPywLW
+Hku90qpg8IrhPCk8MXkAG0okZk0xGohcfo=
-----END CERTIFICATE-----
"""
"""For vendor.test and of the same key, signed by somebody whom nobody knows."""


@asynccontextmanager
async def receiver(shown: Path | None) -> AsyncIterator[int]:
    """The port of one that says OK, and shows this certificate if it has one."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        writer.close()

    context = None
    if shown:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(shown, shown.with_name("key.pem"))
    server = await asyncio.start_server(handle, HERE, 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.fixture
def drawer(tmp_path: Path) -> Path:
    """A directory with both certificates and their key."""
    for name, text in (("key.pem", KEY), ("self.pem", SELF), ("leaf.pem", LEAF)):
        (tmp_path / name).write_text(text)
    return tmp_path


def sent(url: str) -> Delivery:
    webhook = build_webhook(url=url, body={})
    return build_delivery(account="any", webhook=webhook)


def carried(
    shown: Path | None, own: tuple[str, int, Path] | None, url: str = f"{ORIGIN_PLACEHOLDER}/"
) -> DeliveryResult:
    """What a receiver gets that shows a certificate; `own` counts its port from the receiver's."""

    async def scenario() -> DeliveryResult:
        async with receiver(shown) as port:
            known = (own[0], port + own[1], str(own[2])) if own else None
            scheme = "https" if shown else "http"
            courier = WebhookDispatcher(lambda: f"{scheme}://{HERE}:{port}", own_tls=known)
            answer = await courier.deliver(sent(url.replace("PORT", str(port))))
            return answer._replace(duration_ms=0)

    return asyncio.run(scenario())


@pytest.mark.parametrize("url", ["{origin}/", "{origin}/_mock/inbox/x", "https://127.0.0.1:PORT/"])
@pytest.mark.parametrize("name", ["self.pem", "leaf.pem"])
def test_own_address_is_trusted_by_its_certificate_for_another_name(
    url: str, name: str, drawer: Path
) -> None:
    assert carried(drawer / name, (HERE, 0, drawer / name), url) == THANKS


@pytest.mark.parametrize(("shown", "known"), [("self.pem", "leaf.pem"), ("leaf.pem", "self.pem")])
def test_own_address_with_a_certificate_that_is_not_ours(
    shown: str, known: str, drawer: Path
) -> None:
    """The key is the same, and so is the name."""
    assert carried(drawer / shown, (HERE, 0, drawer / known)) == TLS


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        (HERE, 0, "https://localhost:PORT/"),
        ("localhost", 0, f"https://{HERE}:PORT/"),
        ("::1", 0, f"https://{HERE}:PORT/"),
        (HERE, 1, f"https://{HERE}:PORT/"),
        (HERE, -1, f"{ORIGIN_PLACEHOLDER}/"),
    ],
)
def test_any_other_address_is_not_trusted(host: str, port: int, url: str, drawer: Path) -> None:
    shown = drawer / "self.pem"
    assert carried(shown, (host, port, shown), url) == TLS


def test_without_an_own_address_nobody_is_trusted_unseen(drawer: Path) -> None:
    assert carried(drawer / "self.pem", None) == TLS


def test_own_address_by_plain_http_needs_no_certificate(tmp_path: Path) -> None:
    assert carried(None, (HERE, 0, tmp_path / "gone.pem")) == THANKS


@pytest.mark.parametrize(
    ("scheme", "url", "ours"),
    [
        ("http", f"{ORIGIN_PLACEHOLDER}/_mock/inbox/x", True),
        ("http", "http://127.0.0.1:9/_mock/inbox/x", True),
        ("http", "http://localhost:9/", True),
        ("http", "http://127.0.0.1:8/", False),
        ("http", "http://127.0.0.2:9/", False),
        ("http", "https://127.0.0.1:9/", False),
        ("http", "http://[::1]:9/", False),
        ("https", f"{ORIGIN_PLACEHOLDER}/", True),
        ("https", "https://127.0.0.1:9/", False),
        ("https", "http://127.0.0.1:9/", False),
    ],
)
def test_what_is_for_ourselves_is_offered_inward(
    scheme: str,
    url: str,
    ours: bool,  # noqa: FBT001 - a table
) -> None:
    async def inward(letter: HttpRequest) -> DeliveryResult:
        offered.append(letter.path)
        return DeliveryResult(status=299)

    offered = list[str]()
    courier = WebhookDispatcher(lambda: f"{scheme}://{HERE}:9", loopback=inward, timeout=0.5)
    answer = asyncio.run(courier.deliver(sent(url)))
    assert (bool(offered), answer.status == 299) == (ours, ours)


def test_what_is_for_ourselves_is_refused_where_loopback_is() -> None:
    async def inward(_: HttpRequest) -> DeliveryResult:
        raise AssertionError

    courier = WebhookDispatcher(
        lambda: f"http://{HERE}:9", AddressPolicy(allow=("private",)), loopback=inward
    )
    answer = asyncio.run(courier.deliver(sent(f"{ORIGIN_PLACEHOLDER}/_mock/inbox/x")))
    assert answer.error == "refused-target"
