"""Webhooks to this server itself: trusted by its certificate, or delivered by the loopback."""

import asyncio
import ssl
from pathlib import Path

import pytest

from mockserver.core.address_policy import AddressPolicy
from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Delivery, DeliveryResult
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.delivery.http_request import HttpRequest
from tests.support.builders import build_delivery, build_webhook
from tests.support.certificates import write_certificates
from tests.support.receivers import OK_RESPONSE, respond_with, serve_receiver

OK = DeliveryResult(status=200, error=None, body=b"ok")


def fails_for_its_certificate(result: DeliveryResult) -> bool:
    """Each library has another verdict."""
    return result.error == "tls" and result.reason.startswith("the certificate ")


HOST = "127.0.0.1"


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    """Return a directory with both certificates and their key."""
    write_certificates(tmp_path)
    return tmp_path


def build_own_delivery(url: str) -> Delivery:
    webhook = build_webhook(url=url, body={})
    return build_delivery(account="any", webhook=webhook)


def deliver(
    presented: Path | None, own: tuple[str, int, Path] | None, url: str = f"{ORIGIN_PLACEHOLDER}/"
) -> DeliveryResult:
    """Deliver a webhook to a receiver with the certificate `presented`, or without TLS.

    `own` is (host, port relative to the receiver's, certificate) of the server itself.
    """
    context = None
    if presented:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(presented, presented.with_name("key.pem"))

    async def run() -> DeliveryResult:
        async with serve_receiver(respond_with(OK_RESPONSE), context) as port:
            own_tls = (own[0], port + own[1], str(own[2])) if own else None
            scheme = "https" if presented else "http"
            dispatcher = WebhookDispatcher(f"{scheme}://{HOST}:{port}", own_tls=own_tls)
            result = await dispatcher.deliver(build_own_delivery(url.replace("PORT", str(port))))
            return result.replace(duration_ms=0)

    return asyncio.run(run())


@pytest.mark.parametrize(
    "url", ["{origin}/", "{origin}/_mock/receive/x", "https://127.0.0.1:PORT/"]
)
@pytest.mark.parametrize("name", ["self.pem", "leaf.pem"])
def test_the_own_certificate_is_trusted_at_the_own_address_whatever_its_name(
    url: str, name: str, certificates: Path
) -> None:
    assert deliver(certificates / name, (HOST, 0, certificates / name), url) == OK


@pytest.mark.parametrize(("presented", "own"), [("self.pem", "leaf.pem"), ("leaf.pem", "self.pem")])
def test_another_certificate_at_the_own_address_is_not_trusted(
    presented: str, own: str, certificates: Path
) -> None:
    """Even with the same key and the same name."""
    result = deliver(certificates / presented, (HOST, 0, certificates / own))
    assert fails_for_its_certificate(result)


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        (HOST, 0, "https://localhost:PORT/"),
        ("localhost", 0, f"https://{HOST}:PORT/"),
        ("::1", 0, f"https://{HOST}:PORT/"),
        (HOST, 1, f"https://{HOST}:PORT/"),
        (HOST, -1, f"{ORIGIN_PLACEHOLDER}/"),
    ],
)
def test_the_own_certificate_is_not_trusted_at_any_other_address(
    host: str, port: int, url: str, certificates: Path
) -> None:
    presented = certificates / "self.pem"
    assert fails_for_its_certificate(deliver(presented, (host, port, presented), url))


def test_a_self_signed_certificate_is_not_trusted_without_an_own_address(
    certificates: Path,
) -> None:
    assert fails_for_its_certificate(deliver(certificates / "self.pem", None))


def test_plain_http_to_the_own_address_needs_no_certificate(tmp_path: Path) -> None:
    assert deliver(None, (HOST, 0, tmp_path / "gone.pem")) == OK


@pytest.mark.parametrize(
    ("scheme", "url", "is_own"),
    [
        ("http", f"{ORIGIN_PLACEHOLDER}/_mock/receive/x", True),
        ("http", "http://127.0.0.1:9/_mock/receive/x", True),
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
def test_only_a_webhook_to_the_own_origin_is_offered_to_the_loopback(
    scheme: str,
    url: str,
    is_own: bool,  # noqa: FBT001 - a table
) -> None:
    async def loopback(request: HttpRequest) -> DeliveryResult:
        paths.append(request.path)
        return DeliveryResult(status=299)

    paths = list[str]()
    dispatcher = WebhookDispatcher(f"{scheme}://{HOST}:9", loopback=loopback, timeout=0.5)
    result = asyncio.run(dispatcher.deliver(build_own_delivery(url)))
    assert (bool(paths), result.status == 299) == (is_own, is_own)


def test_a_webhook_to_the_own_origin_is_rejected_where_loopback_is_not_allowed() -> None:
    async def loopback(_: HttpRequest) -> DeliveryResult:
        raise AssertionError

    dispatcher = WebhookDispatcher(
        f"http://{HOST}:9", AddressPolicy(allow=("private",)), loopback=loopback
    )
    result = asyncio.run(
        dispatcher.deliver(build_own_delivery(f"{ORIGIN_PLACEHOLDER}/_mock/receive/x"))
    )
    assert result.error == "refused-target"
