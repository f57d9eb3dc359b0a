"""The server's own address, the receivers that it may reach, and the clients that may reach it."""

import secrets
from socket import socket

from mockserver.app.https import HttpsParts
from mockserver.core.address_policy import AddressPolicy, build_policy
from mockserver.core.webhook_url import ParsedUrl, parse_url
from mockserver.delivery.dispatcher import Loopback, WebhookDispatcher
from mockserver.delivery.own_address import OwnAddress
from mockserver.settings import Settings
from mockserver.web.access_control import OPEN_ACCESS, AccessControl
from mockserver.web.server.uvicorn_server import ServerAddress


def build_address(settings: Settings, listener: socket, parts: HttpsParts | None) -> ServerAddress:
    scheme, tls_port = "https" if settings.tls_cert else "http", parts.https.port if parts else 0
    return ServerAddress(settings.host, listener.getsockname()[1], scheme, tls_port)


def build_own_address(settings: Settings, listener: socket) -> OwnAddress:
    """Build the address by which the dispatcher recognizes webhooks to this server itself."""
    host, port = listener.getsockname()[:2]
    public_url = parse_url(settings.public_url)
    return OwnAddress(host, port, public_url if isinstance(public_url, ParsedUrl) else None)


def build_address_policy(settings: Settings) -> AddressPolicy:
    return build_policy(settings.webhook_targets, settings.webhook_rewrite)


def own_tls_endpoint(address: ServerAddress, settings: Settings) -> tuple[str, int, str] | None:
    """Return (host, port, certificate) by which the server reaches itself; None without TLS."""
    return (address.own_host, address.port, settings.tls_cert) if settings.tls_cert else None


def build_dispatcher(
    settings: Settings, address: ServerAddress, own_address: OwnAddress, loopback: Loopback
) -> WebhookDispatcher:
    return WebhookDispatcher(
        address.origin,
        build_address_policy(settings),
        own_tls=own_tls_endpoint(address, settings),
        loopback=loopback,
        own_address=own_address,
        authorities=settings.webhook_ca,
    )


def build_access_control(settings: Settings, address: ServerAddress) -> AccessControl:
    """Use the token of the settings; beyond loopback, draw one if they have none.

    On loopback, `none` counts as no token.
    """
    hosts, cors = settings.allow_host, settings.cors
    if address.is_local:
        token = "" if settings.token == OPEN_ACCESS else settings.token
        return AccessControl(token, hosts, cors_origins=cors)
    token = settings.token or secrets.token_urlsafe(18)
    return AccessControl(token, hosts, is_exposed=True, cors_origins=cors)
