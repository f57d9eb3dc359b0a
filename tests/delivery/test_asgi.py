"""Webhooks for an application in the same process."""

import asyncio
from typing import Any

import pytest

from mockserver.core.webhook import Delivery, DeliveryResult, Webhook
from mockserver.delivery import asgi
from mockserver.delivery.asgi import AsgiDispatcher, AttachedApp, AttachedApps
from tests.support.builders import build_delivery


class Courier:
    async def deliver(self, _: Delivery) -> DeliveryResult:
        return DeliveryResult(status=299)


def delivery(url: str, **more: Any) -> Delivery:
    return build_delivery(
        provider="p", account="a", webhook=Webhook(call_id="c1", kind="kind", url=url, **more)
    )


def carried(app: Any, sent: Delivery) -> DeliveryResult:
    answer = asyncio.run(
        AsgiDispatcher(
            Courier(), AttachedApps({"http://app.test": AttachedApp(application=app)})
        ).deliver(sent)
    )
    return answer._replace(duration_ms=0)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what it has been asked."""
    message, gone = await receive(), await receive()
    assert gone == {"type": "http.disconnect"}
    headers = dict(scope["headers"])
    shown = (scope["method"], scope["path"], scope["query_string"], headers, message["body"])
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": repr(shown).encode(), "more_body": True})
    await send({"type": "http.response.body"})


@pytest.mark.parametrize(
    "url", ["http://other.test/x", "https://app.test/x", "http://app.test:81/"]
)
def test_carry_by_the_courier_where_nothing_is_attached(url: str) -> None:
    assert carried(echo, delivery(url)) == DeliveryResult(status=299)


def test_carry_to_the_application() -> None:
    sent = delivery("http://app.test/a?b=c", body={"x": 1}, headers={"X-One": "1"})
    headers = {b"host": b"app.test", b"content-type": b"application/json", b"x-one": b"1"}
    told = ("POST", "/a", b"b=c", headers, b'{"x":1}')
    assert carried(echo, sent) == DeliveryResult(status=201, error=None, body=repr(told).encode())


def test_carry_without_a_path_or_a_body() -> None:
    answer = carried(echo, delivery("http://app.test", method="GET"))
    assert answer.body.startswith(b"('GET', '/', b'', ")
    assert answer.body.endswith(b", b'')")


def test_application_that_raises_answers_500() -> None:
    async def broken(*_: Any) -> None:
        raise ValueError("oh")

    assert carried(broken, delivery("http://app.test/")) == DeliveryResult(
        status=500, error=None, body=b"ValueError('oh')"
    )


def test_application_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stuck(*_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asgi, "TIMEOUT", 0.0)
    assert carried(stuck, delivery("http://app.test/")) == DeliveryResult(
        status=None, error="timeout"
    )
