"""Deliver webhooks to ASGI applications that tests attach, without a socket."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from time import monotonic
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from mockserver.core.webhook import Delivery, DeliveryResult, Dispatcher, render_body
from mockserver.core.webhook_url import ParsedUrl, parse_url

AsgiMessage = MutableMapping[str, Any]
Application = Callable[
    [AsgiMessage, Callable[[], Awaitable[AsgiMessage]], Callable[[AsgiMessage], Awaitable[None]]],
    Awaitable[None],
]

TIMEOUT: Final = 10.0  # real seconds, as over a socket


class AttachedApp(NamedTuple):
    """An ASGI application and the event loop that it runs in; None for the server's own loop."""

    application: Application
    loop: asyncio.AbstractEventLoop | None = None


class AttachedApps(dict[str, AttachedApp]):
    """Origin, such as `http://app.test`, -> the application that receives its webhooks."""


class AsgiDispatcher:
    """Delivers webhooks to attached applications, and all others by another dispatcher."""

    def __init__(self, dispatcher: Dispatcher, apps: AttachedApps) -> None:
        self._dispatcher = dispatcher
        self._apps = apps

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        app = self._apps.get(_origin(delivery.webhook.url)) if self._apps else None
        if app is None:
            return await self._dispatcher.deliver(delivery)
        start = monotonic()
        result = await _deliver_to_app(app, delivery)
        return result.replace(duration_ms=round((monotonic() - start) * 1_000))


def _origin(url: str) -> str:
    """The origin of a URL; empty if the URL cannot be read, which the other dispatcher reports."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


async def _deliver_to_app(app: AttachedApp, delivery: Delivery) -> DeliveryResult:
    exchange = _send_delivery(app.application, delivery)
    try:
        async with asyncio.timeout(TIMEOUT):
            if app.loop is None or app.loop is asyncio.get_running_loop():
                return await exchange
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(exchange, app.loop))
    except TimeoutError:
        return DeliveryResult(None, "timeout")
    except Exception as error:  # noqa: BLE001 - any error of the application counts as status 500
        return DeliveryResult(500, None, repr(error).encode())


async def _send_delivery(application: Application, delivery: Delivery) -> DeliveryResult:
    webhook, url = delivery.webhook, urlsplit(delivery.webhook.url)
    parsed = parse_url(webhook.url)
    authorization = parsed.authorization if isinstance(parsed, ParsedUrl) else ""
    headers = {
        "host": url.netloc.rpartition("@")[2],
        "content-type": "application/json",
        **({"authorization": authorization} if authorization else {}),
        **webhook.headers,
    }
    scope = {
        "method": webhook.method,
        "scheme": url.scheme,
        "path": url.path or "/",
        "query_string": url.query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "server": (url.hostname, url.port or 80),
        "client": ("127.0.0.1", 0),
    }
    return await call_asgi(application, scope, render_body(webhook))


async def call_asgi(application: Application, scope: AsgiMessage, body: bytes) -> DeliveryResult:
    """Call an ASGI application with one HTTP request, and collect its response.

    `scope` holds the keys that differ between requests; the other keys are added here.
    """
    responses: list[AsgiMessage] = []
    requests = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> AsgiMessage:
        return next(requests, {"type": "http.disconnect"})

    async def send(message: AsgiMessage) -> None:
        responses.append(message)

    defaults = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "root_path": "",
        "raw_path": scope["path"].encode(),
    }
    await application({**defaults, **scope}, receive, send)
    status = next(part["status"] for part in responses if part["type"] == "http.response.start")
    return DeliveryResult(status, None, b"".join(part.get("body", b"") for part in responses))
