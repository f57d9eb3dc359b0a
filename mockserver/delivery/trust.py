"""Which certificates a webhook's receiver may show over TLS."""

import ssl
from collections.abc import Iterable


def build_default_context(files: Iterable[str], text: str = "") -> ssl.SSLContext:
    """Trust the authorities of the system, those of PEM files, and those of a text unless empty."""
    context = ssl.create_default_context()
    for file in files:
        load_authorities(context, file)
    if text:
        load_authorities(context, None, text)
    return context


def build_own_context(certificate: str) -> ssl.SSLContext:
    """Trust this server's own certificate, which is for a vendor's host name, under any name."""
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # no CA needed
    return context


def load_authorities(context: ssl.SSLContext, file: str | None, text: str | None = None) -> None:
    """Trust the certificates of a PEM file or text, too: authorities, and those of receivers.

    Certificates made for development often lack extensions that Python asks for by default.

    Raises:
        OSError: the file cannot be read, or there is no certificate in it.
    """
    context.load_verify_locations(cafile=file, cadata=text)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
