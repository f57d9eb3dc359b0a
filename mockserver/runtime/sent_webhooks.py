"""What an attempt of a webhook puts on the wire."""

from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Webhook, render_body
from mockserver.core.webhook_url import TargetRejection, parse_url
from mockserver.delivery.http_request import HttpRequest, build_request


def build_sent_request(webhook: Webhook, origin: str) -> HttpRequest:
    """Build the request; what is no HTTP request, and so is never sent, has its own headers only.

    `origin` is that of this server.
    """
    url = parse_url(webhook.url.replace(ORIGIN_PLACEHOLDER, origin))
    unsent = HttpRequest(webhook.method, "", webhook.headers, render_body(webhook))
    if isinstance(url, TargetRejection):
        return unsent
    try:
        return build_request(url, webhook)
    except ValueError:
        return unsent
