"""Innocalls' webhooks: their URLs and query parameters."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from mockserver.core.provider import (
    EventContext,
)
from mockserver.core.webhook import Webhook
from mockserver.providers.innocalls.request import field_text

NO_WEBHOOK: Final = "#"  # the sample's placeholder for a webhook


def add_query(url: str, parameters: Mapping[str, str]) -> str:
    """The URL with these parameters behind whatever query it has."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query, fragment=""))


def has_webhook(context: EventContext) -> bool:
    """Whether somebody wants to be told."""
    order = context.call.spec
    return order.operation == "dispatch" and field_text(order.parameters, "webhook") != NO_WEBHOOK


def build_webhook(context: EventContext, kind: str, parameters: Mapping[str, str]) -> Webhook:
    url = add_query(field_text(context.call.spec.parameters, "webhook"), parameters)
    return Webhook(context.call.spec.id, kind, url, method="GET")
