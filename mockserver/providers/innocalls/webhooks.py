"""Build the webhooks of dispatched Innocalls calls: GET requests with query parameters."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from mockserver.core.provider import (
    EventContext,
)
from mockserver.core.rulebook import Evidence
from mockserver.core.webhook import Webhook
from mockserver.core.webhook_kind import WebhookKind
from mockserver.providers.innocalls.request import field_text

NO_WEBHOOK: Final = "#"  # the placeholder for a URL in the page's sample

SENT_ONCE: Final = WebhookKind(
    body=Evidence.DOCUMENTED,
    satisfied_by=Evidence.ASSUMED,
    waits=Evidence.ASSUMED,
    repeats=Evidence.ASSUMED,
    note="the page has the query alone: it says nothing of a retry",
    has_body=False,
)
WEBHOOKS: Final[Mapping[str, WebhookKind]] = {"get-digits": SENT_ONCE, "cdr": SENT_ONCE}


def add_query(url: str, parameters: Mapping[str, str]) -> str:
    """The URL with `parameters` appended to its query, and without its fragment."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query, fragment=""))


def has_webhook(context: EventContext) -> bool:
    """Whether the call is a dispatch with a webhook URL."""
    spec = context.call.spec
    return spec.operation == "dispatch" and field_text(spec.parameters, "webhook") != NO_WEBHOOK


def build_webhook(context: EventContext, kind: str, parameters: Mapping[str, str]) -> Webhook:
    url = add_query(field_text(context.call.spec.parameters, "webhook"), parameters)
    return Webhook(context.call.spec.id, kind, url, method="GET")
