"""Which certificates a webhook's receiver may show over TLS."""

import ssl


def build_default_context(authorities: str) -> ssl.SSLContext:
    """Trust the authorities of the system, and those of a file unless its name is empty."""
    context = ssl.create_default_context()
    if authorities:
        load_authorities(context, authorities)
    return context


def build_own_context(certificate: str) -> ssl.SSLContext:
    """Trust this server's own certificate, which is for a vendor's host name, under any name."""
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # no CA needed
    return context


def load_authorities(context: ssl.SSLContext, file: str) -> None:
    """Trust the certificates of a PEM file, too: authorities, and single ones of receivers.

    Certificates made for development often lack extensions that Python asks for by default.

    Raises:
        OSError: the file cannot be read, or has no certificate.
    """
    context.load_verify_locations(cafile=file)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
