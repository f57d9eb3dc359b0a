"""A webhook, and how it fares on its way."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

ORIGIN_PLACEHOLDER = "{origin}"
"""Stands for the address of this server in a URL until the URL is used."""

GARBAGE_BODY = b'{"\xff\xfe":<html>'
"""Neither UTF-8 nor JSON."""


NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class Webhook(NamedTuple):
    """What to send. `body` is a JSON value, or None for a request without one.

    `url` is empty where the vendor lets one configure the address in a portal: it then goes where
    `--webhook` says, else to the provider's inbox. `corrupt` is truncate or garbage.
    """

    call_id: str
    kind: str
    url: str = ""
    body: Mapping[str, object] | None = None
    method: str = "POST"
    headers: Mapping[str, str] = NO_HEADERS
    corrupt: str = ""


def render_body(webhook: Webhook) -> bytes:
    """The body's bytes: compact JSON, or what a scenario has made of it."""
    if webhook.body is None:
        return b""
    text = json.dumps(webhook.body, ensure_ascii=False, separators=(",", ":"), default=dict)
    whole = text.encode()
    if webhook.corrupt == "truncate":
        return whole[: len(whole) // 2]
    return GARBAGE_BODY if webhook.corrupt == "garbage" else whole


class DeliveryResult(NamedTuple):
    """What became of one attempt: a status, or the class of what went wrong; never both."""

    status: int | None
    error: str | None = None
    body: bytes = b""
    duration_ms: int = 0
    """Real time that it took; kept out of the journal."""


class DeliveryAttempt(NamedTuple):
    number: int
    at: int
    result: DeliveryResult


class Delivery(NamedTuple):
    """One webhook on its way: `due` in ms is None once nothing more will be tried."""

    id: str
    provider: str
    account: str
    webhook: Webhook
    epoch: int
    state: str
    next_attempt_at: int | None
    attempts: tuple[DeliveryAttempt, ...] = ()
    depth: int = 0
    """How many webhooks to ourselves have led to it."""


class Dispatcher(Protocol):
    async def deliver(self, delivery: Delivery) -> DeliveryResult: ...
