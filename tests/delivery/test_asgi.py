"""Webhooks to an application in the same process."""

import asyncio
from typing import Any

import pytest

from mockserver.core.webhook import Delivery, DeliveryResult, Webhook
from mockserver.delivery import asgi
from mockserver.delivery.asgi import AsgiDispatcher, AttachedApp, AttachedApps
from tests.support.builders import build_delivery
from tests.support.dispatchers import RecordingDispatcher


async def respond_299(_: Delivery) -> DeliveryResult:
    return DeliveryResult(status=299)


def build_url_delivery(url: str, **fields: Any) -> Delivery:
    return build_delivery(
        provider="p", account="a", webhook=Webhook(call_id="c1", kind="kind", url=url, **fields)
    )


def deliver_to_app(app: Any, delivery: Delivery) -> DeliveryResult:
    result = asyncio.run(
        AsgiDispatcher(
            RecordingDispatcher(respond_299),
            AttachedApps({"http://app.test": AttachedApp(application=app)}),
        ).deliver(delivery)
    )
    return result.replace(duration_ms=0)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Respond with the request."""
    message, disconnect = await receive(), await receive()
    assert disconnect == {"type": "http.disconnect"}
    headers = dict(scope["headers"])
    request = (scope["method"], scope["path"], scope["query_string"], headers, message["body"])
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": repr(request).encode(), "more_body": True})
    await send({"type": "http.response.body"})


@pytest.mark.parametrize(
    "url",
    [
        *("http://other.test/x", "https://app.test/x", "http://app.test:81/"),
        *("http://[::1", "http://[zz]/", "http://app.test@other.test/"),
    ],
)
def test_a_webhook_to_an_unattached_origin_is_sent_by_the_other_dispatcher(url: str) -> None:
    assert deliver_to_app(echo, build_url_delivery(url)) == DeliveryResult(status=299)


def test_a_webhook_to_an_attached_origin_has_the_credentials_of_its_url() -> None:
    delivery = build_url_delivery("http://u:p@app.test/a", body={})
    headers = {
        b"host": b"app.test",
        b"content-type": b"application/json",
        b"authorization": b"Basic dTpw",
    }
    assert deliver_to_app(echo, delivery) == DeliveryResult(
        status=201, body=repr(("POST", "/a", b"", headers, b"{}")).encode()
    )


def test_a_webhook_to_an_attached_origin_is_sent_to_its_application() -> None:
    delivery = build_url_delivery("http://app.test/a?b=c", body={"x": 1}, headers={"X-One": "1"})
    headers = {b"host": b"app.test", b"content-type": b"application/json", b"x-one": b"1"}
    request = ("POST", "/a", b"b=c", headers, b'{"x":1}')
    assert deliver_to_app(echo, delivery) == DeliveryResult(
        status=201, error=None, body=repr(request).encode()
    )


def test_a_webhook_without_path_and_body_is_sent_to_the_root_with_an_empty_body() -> None:
    result = deliver_to_app(echo, build_url_delivery("http://app.test", method="GET"))
    assert result.body.startswith(b"('GET', '/', b'', ")
    assert result.body.endswith(b", b'')")


def test_an_application_that_raises_gives_status_500() -> None:
    async def fail(*_: Any) -> None:
        raise ValueError("oh")

    assert deliver_to_app(fail, build_url_delivery("http://app.test/")) == DeliveryResult(
        status=500, error=None, body=b"ValueError('oh')"
    )


def test_an_application_that_never_responds_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asgi, "TIMEOUT", 0.0)
    assert deliver_to_app(hang, build_url_delivery("http://app.test/")) == DeliveryResult(
        status=None, error="timeout"
    )
