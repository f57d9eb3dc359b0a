"""Webhooks for applications that tests attach: delivered by a call, without a socket."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from time import monotonic
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from mockserver.core.webhook import Delivery, DeliveryResult, Dispatcher, render_body

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]

TIMEOUT: Final = 10.0  # real seconds, as over a socket


class AttachedApp(NamedTuple):
    """An application, and the event loop in which it lives; None for the server's own."""

    application: Application
    loop: asyncio.AbstractEventLoop | None = None


class AttachedApps(dict[str, AttachedApp]):
    """Origin, such as `http://app.test`, to whoever gets what is sent there."""


class AsgiDispatcher:
    """Carries what goes to an attached application to it, and all the rest by the courier."""

    def __init__(self, dispatcher: Dispatcher, apps: AttachedApps) -> None:
        self._dispatcher = dispatcher
        self._apps = apps

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        url = urlsplit(delivery.webhook.url)
        app = self._apps.get(f"{url.scheme}://{url.netloc}")
        if app is None:
            return await self._dispatcher.deliver(delivery)
        start = monotonic()
        answer = await _deliver_to_app(app, delivery)
        return answer._replace(duration_ms=round((monotonic() - start) * 1_000))


async def _deliver_to_app(app: AttachedApp, delivery: Delivery) -> DeliveryResult:
    talk = _send_delivery(app.application, delivery)
    try:
        async with asyncio.timeout(TIMEOUT):
            if app.loop is None or app.loop is asyncio.get_running_loop():
                return await talk
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(talk, app.loop))
    except TimeoutError:
        return DeliveryResult(None, "timeout")
    except Exception as error:  # noqa: BLE001 - whatever the application does, it answers 500 then
        return DeliveryResult(500, None, repr(error).encode())


async def _send_delivery(application: Application, delivery: Delivery) -> DeliveryResult:
    webhook, url = delivery.webhook, urlsplit(delivery.webhook.url)
    headers = {"host": url.netloc, "content-type": "application/json", **webhook.headers}
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


async def call_asgi(application: Application, scope: Message, body: bytes) -> DeliveryResult:
    """One HTTP exchange with an ASGI application; `scope` says what is not the same for all."""
    heard: list[Message] = []
    sent = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        return next(sent, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        heard.append(message)

    usual = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "root_path": "",
        "raw_path": scope["path"].encode(),
    }
    await application({**usual, **scope}, receive, send)
    status = next(one["status"] for one in heard if one["type"] == "http.response.start")
    return DeliveryResult(status, None, b"".join(one.get("body", b"") for one in heard))
