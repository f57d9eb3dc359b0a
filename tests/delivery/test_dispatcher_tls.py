"""Receivers that speak TLS, or should."""

import asyncio
import ssl
from pathlib import Path

import pytest

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.dispatcher import WebhookDispatcher
from tests.support.receivers import (
    OK_RESPONSE,
    Handler,
    build_delivery_to,
    close_connection,
    never_respond,
    respond_with,
    serve_receiver,
    unused_origin,
)


def test_tls_against_a_plain_port() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    assert secured(plain, None) == DeliveryResult(status=None, error="tls")


def test_tls_against_a_port_that_hangs_up() -> None:
    assert secured(close_connection, None) == DeliveryResult(status=None, error="tls")


def test_plain_against_a_tls_port(identity: ssl.SSLContext) -> None:
    assert secured(never_respond, identity, "http://127.0.0.1").error in {"protocol", "reset"}


def test_certificate_is_verified(identity: ssl.SSLContext) -> None:
    assert secured(respond_with(OK_RESPONSE), identity) == DeliveryResult(status=None, error="tls")


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("localhost", DeliveryResult(status=200, error=None, body=b"ok")),
        ("127.0.0.1", DeliveryResult(status=200, error=None, body=b"ok")),
        ("other.localhost", DeliveryResult(status=None, error="tls")),
    ],
)
def test_certificate_is_for_the_name(
    host: str, answer: DeliveryResult, identity: ssl.SSLContext
) -> None:
    assert secured(respond_with(OK_RESPONSE), identity, f"https://{host}") == answer


def secured(
    handler: Handler, context: ssl.SSLContext | None, base: str = "https://127.0.0.1"
) -> DeliveryResult:
    async def scenario() -> DeliveryResult:
        async with serve_receiver(handler, context) as port:
            answer = await WebhookDispatcher(unused_origin).deliver(
                build_delivery_to(f"{base}:{port}/hook")
            )
            return answer._replace(duration_ms=0)

    return asyncio.run(scenario())


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    file = tmp_path / "receiver.pem"
    file.write_text(PEM)
    return file


@pytest.fixture
def trusted(pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))


@pytest.fixture
def identity(pem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


PEM = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgu94PLaTTl7ZVWZAf
5In6x3J1dSMjjF53TdnZGyCmB/WhRANCAASOfj2JZrYAIOn4mpfiMligjgVRCurq
neaXoyKkiWnbORgIs1DXByRJokUart166Lwra8zhLJ1WcjXlZWy0EEPQ
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBdjCCAR2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABI5+PYlmtgAg6fia
l+IyWKCOBVEK6uqd5pejIqSJads5GAizUNcHJEmiRRqu3XrovCtrzOEsnVZyNeVl
bLQQQ9CjXjBcMB0GA1UdDgQWBBRS4mG8iPXHcHAfkPQgToLB/mVIhTAPBgNVHRMB
Af8EBTADAQH/MA4GA1UdDwEB/wQEAwIChDAaBgNVHREEEzARgglsb2NhbGhvc3SH
BH8AAAEwCgYIKoZIzj0EAwIDRwAwRAIgUlT+xmF5XQHXU1H0ok/wQxyA0KCqn7lG
yqbRXA052E4CIFFh54vZdwQSTEDnpKTYne4vLeD9Ctr/nDO5EUvmUQNg
-----END CERTIFICATE-----
"""
