"""What an attempt says when the certificate of the receiver is not accepted, and what cures it."""

import asyncio
import re
import ssl
from pathlib import Path
from typing import Final

import pytest

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.delivery.tls_errors import describe_tls_error
from tests.support.certificates import KEY
from tests.support.receiver_certificates import AUTHORITY, RECEIVER_CERTIFICATES
from tests.support.receivers import (
    OK_RESPONSE,
    UNUSED_ORIGIN,
    build_delivery_to,
    respond_with,
    serve_receiver,
)

SIGNED: Final = "the certificate of localhost:PORT "
UNKNOWN: Final = f"{SIGNED}is signed by an unknown authority: --webhook-ca FILE trusts the "
EXPIRED: Final = f"{SIGNED}has expired by the real clock"
FUTURE: Final = f"{SIGNED}is not yet valid by the real clock"
OTHER_NAME: Final = "the certificate that localhost:PORT shows is for another name"
SELF_SIGNED: Final = f"{SIGNED}is self-signed: --webhook-ca FILE trusts it"


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        ("self-signed", SELF_SIGNED),
        ("signed", f"{UNKNOWN}authority"),
        ("expired", f"{UNKNOWN}authority"),
    ],
)
def test_a_certificate_that_nobody_vouches_for_names_the_option_that_trusts_it(
    certificate: str, reason: str, tmp_path: Path
) -> None:
    assert deliver(certificate, tmp_path) == (None, "tls", reason)


@pytest.mark.parametrize(
    ("certificate", "status", "reason"),
    [
        ("self-signed", None, SELF_SIGNED),
        ("signed", 200, ""),
        ("expired", None, EXPIRED),
        ("future", None, FUTURE),
        ("other-name", None, OTHER_NAME),
    ],
)
def test_an_authority_vouches_for_valid_certificates_under_their_names_alone(
    certificate: str, status: int | None, reason: str, tmp_path: Path
) -> None:
    result = deliver(certificate, tmp_path, files=(AUTHORITY,))
    assert result == (status, None if status else "tls", reason)


def test_each_of_several_files_is_trusted(tmp_path: Path) -> None:
    files = (RECEIVER_CERTIFICATES["self-signed"], AUTHORITY)
    results = [deliver(name, tmp_path, files=files) for name in ("self-signed", "signed")]
    assert results == [(200, None, "")] * 2


@pytest.mark.parametrize("files", [(), (RECEIVER_CERTIFICATES["self-signed"],)])
def test_the_certificates_of_an_account_are_trusted_for_its_webhooks_alone(
    files: tuple[str, ...], tmp_path: Path
) -> None:
    assert deliver("signed", tmp_path, files=files, webhook_ca=AUTHORITY) == (200, None, "")
    assert deliver("signed", tmp_path, files=files) == (
        None,
        "tls",
        f"{UNKNOWN}authority",
    )


def test_a_self_signed_certificate_in_a_chain_is_an_unknown_authority(tmp_path: Path) -> None:
    chain = RECEIVER_CERTIFICATES["signed"] + AUTHORITY
    assert deliver_from(chain, tmp_path) == (None, "tls", f"{UNKNOWN}authority")


def test_any_other_verdict_on_a_certificate_is_given_as_openssl_words_it() -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = 79, "invalid CA certificate"
    assert describe_tls_error(error, "a.test") == (
        "the certificate of a.test is not accepted: invalid CA certificate"
    )


Outcome = tuple[int | None, str | None, str]


def deliver(
    certificate: str, folder: Path, *, files: tuple[str, ...] = (), webhook_ca: str = ""
) -> Outcome:
    """Deliver to a receiver at localhost that shows this certificate."""
    return deliver_from(RECEIVER_CERTIFICATES[certificate], folder, files, webhook_ca)


def deliver_from(
    chain: str, folder: Path, files: tuple[str, ...] = (), webhook_ca: str = ""
) -> Outcome:
    """Return (status, error, reason), with PORT for the port of the receiver."""
    (folder / "chain.pem").write_text(KEY + chain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "chain.pem")
    paths = [folder / f"{index}.pem" for index in range(len(files))]
    for path, text in zip(paths, files, strict=True):
        path.write_text(text)

    async def run() -> DeliveryResult:
        async with serve_receiver(respond_with(OK_RESPONSE), context) as port:
            dispatcher = WebhookDispatcher(UNUSED_ORIGIN, authorities=tuple(map(str, paths)))
            delivery = build_delivery_to(f"https://localhost:{port}/hook")
            return await dispatcher.deliver(delivery.replace(webhook_ca=webhook_ca))

    result = asyncio.run(run())
    return result.status, result.error, re.sub(r":\d+", ":PORT", result.reason)
