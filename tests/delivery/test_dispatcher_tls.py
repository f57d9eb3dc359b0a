"""Webhooks over TLS, and receivers that do not speak it."""

import asyncio
import ssl
from pathlib import Path

import pytest

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.delivery.tls_errors import CUT_SHORT, NO_COMMON_VERSION, PLAIN_RECEIVER
from mockserver.delivery.trust import build_default_context
from tests.support.certificates import LEAF, write_certificates
from tests.support.receivers import (
    OK_RESPONSE,
    UNUSED_ORIGIN,
    Handler,
    build_delivery_to,
    close_connection,
    keep_silent,
    respond_with,
    serve_receiver,
)

OTHER_NAME = DeliveryResult(
    status=None,
    error="tls",
    reason="the certificate that other.localhost:PORT shows is for another name",
)


def test_https_to_a_plain_http_receiver_gives_a_tls_error() -> None:
    async def respond_400(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    assert deliver(respond_400, None) == tls_error(PLAIN_RECEIVER)


def test_https_to_a_receiver_that_closes_at_once_gives_a_tls_error() -> None:
    assert deliver(close_connection, None) == tls_error(CUT_SHORT)


def test_https_to_a_receiver_that_closes_in_the_handshake_gives_a_tls_error() -> None:
    async def close_after_hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.close()

    assert deliver(close_after_hello, None) == tls_error(CUT_SHORT)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (40, "the receiver has ended the TLS handshake with the alert 'handshake failure'"),
        (70, NO_COMMON_VERSION),
        (112, "the receiver has ended the TLS handshake with the alert 'unrecognized name'"),
        (116, "the receiver has ended the TLS handshake with the alert 'certificate required'"),
    ],
)
def test_an_alert_of_the_receiver_is_named(code: int, reason: str) -> None:
    async def send_alert(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(bytes((0x15, 3, 3, 0, 2, 2, code)))
        await reader.read()

    assert deliver(send_alert, None) == tls_error(reason)


def test_any_other_failure_of_the_handshake_is_named_as_openssl_names_it() -> None:
    async def send_record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"\x16\x03\x03\x00\x05hello")
        await reader.read()

    assert deliver(send_record, None) == tls_error(
        "the TLS handshake with the receiver has failed: unexpected message"
    )


def test_plain_http_to_a_tls_receiver_gives_a_protocol_or_reset_error(
    server_context: ssl.SSLContext,
) -> None:
    assert deliver(keep_silent, server_context, "http://127.0.0.1").error in {"protocol", "reset"}


def test_an_untrusted_certificate_gives_a_tls_error(server_context: ssl.SSLContext) -> None:
    result = deliver(respond_with(OK_RESPONSE), server_context)
    assert (result.error, result.reason.endswith(": --webhook-ca FILE trusts it")) == ("tls", True)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", DeliveryResult(status=200, error=None, body=b"ok")),
        ("127.0.0.1", DeliveryResult(status=200, error=None, body=b"ok")),
        (
            "other.localhost",
            OTHER_NAME,
        ),
    ],
)
def test_a_trusted_certificate_is_accepted_only_for_its_names(
    host: str, expected: DeliveryResult, server_context: ssl.SSLContext
) -> None:
    assert deliver(respond_with(OK_RESPONSE), server_context, f"https://{host}") == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", DeliveryResult(status=200, error=None, body=b"ok")),
        (
            "other.localhost",
            OTHER_NAME,
        ),
    ],
)
def test_a_certificate_of_webhook_ca_is_accepted_only_for_its_names(
    host: str, expected: DeliveryResult, server_context: ssl.SSLContext, pem: Path
) -> None:
    base = f"https://{host}"
    assert deliver(respond_with(OK_RESPONSE), server_context, base, (str(pem),)) == expected


@pytest.mark.usefixtures("trusted")
def test_webhook_ca_adds_to_the_authorities_of_the_system(
    server_context: ssl.SSLContext, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    other.write_text(LEAF)
    result = deliver(respond_with(OK_RESPONSE), server_context, "https://localhost", (str(other),))
    assert result.status == 200


def test_a_certificate_in_the_file_is_trusted_without_its_authority(
    tmp_path: Path,
) -> None:
    write_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "leaf.pem", tmp_path / "key.pem")

    async def run() -> tuple[str, str | None]:
        async with serve_receiver(respond_with(OK_RESPONSE), context) as port:
            trust = build_default_context((str(tmp_path / "leaf.pem"),))
            _, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=trust, server_hostname="vendor.test"
            )
            tls = writer.get_extra_info("ssl_object")
            writer.close()
            return tls.server_hostname, tls.version()

    assert asyncio.run(run()) == ("vendor.test", "TLSv1.3")


def tls_error(reason: str) -> DeliveryResult:
    return DeliveryResult(status=None, error="tls", reason=reason)


def deliver(
    handler: Handler,
    context: ssl.SSLContext | None,
    base: str = "https://127.0.0.1",
    authorities: tuple[str, ...] = (),
) -> DeliveryResult:
    async def run() -> DeliveryResult:
        async with serve_receiver(handler, context) as port:
            dispatcher = WebhookDispatcher(UNUSED_ORIGIN, authorities=authorities)
            result = await dispatcher.deliver(build_delivery_to(f"{base}:{port}/hook"))
            reason = result.reason.replace(f":{port}", ":PORT")
            return result.replace(duration_ms=0, reason=reason)

    return asyncio.run(run())


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    file = tmp_path / "receiver.pem"
    file.write_text(PEM)
    return file


@pytest.fixture
def trusted(pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))


@pytest.fixture
def server_context(pem: Path) -> ssl.SSLContext:
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
"""Self-signed, for localhost and 127.0.0.1, until 2120; only these tests use it."""
