"""Requests and webhooks as they were sent, with secrets masked in place, to be sent again."""

from typing import Any

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Delivery
from mockserver.engine.exchange import Exchange
from mockserver.runtime.sent_webhooks import build_sent_request
from mockserver.web.redaction import redact_item
from mockserver.web.views.sent_requests import redact_body


def raw_request(exchange: Exchange, configuration: Configuration) -> dict[str, Any]:
    """Show a vendor request with all its headers, and its body as it came."""
    request, salt = exchange.request, configuration.seed
    bound = configuration.providers.get(exchange.provider)
    secret = bound.provider.credential(request) if bound else None
    shown = {
        "id": exchange.id,
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "headers": request.headers,
    }
    return {**redact_item(shown, salt, secret), **_show_body(request.body, secret, salt)}


def raw_webhook(delivery: Delivery, salt: str, origin: str) -> dict[str, Any]:
    """Show a webhook as its latest attempt sends it; `origin` is that of this server."""
    sent = build_sent_request(delivery.webhook, origin)
    shown = {
        "id": delivery.id,
        "method": sent.method,
        "url": delivery.webhook.url.replace(ORIGIN_PLACEHOLDER, origin, 1),
        "headers": sent.headers,
    }
    return {**redact_item(shown, salt), **_show_body(sent.body, None, salt)}


def _show_body(body: bytes, secret: str | None, salt: str) -> dict[str, str | None]:
    """Show a body as text, else in Base64; the other one is None."""
    return {"body": None, "base64": None, **redact_body(body, secret, salt)}
