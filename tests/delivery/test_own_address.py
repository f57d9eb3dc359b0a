"""Which webhooks go to this server itself, and which of them say how deep in a loop they are."""

import asyncio
from collections.abc import Mapping

import pytest

from mockserver.core.webhook import DEPTH_HEADER
from mockserver.core.webhook_url import ParsedUrl, parse_url
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.delivery.own_address import OwnAddress, is_own
from tests.support.receivers import (
    OK_RESPONSE,
    UNUSED_ORIGIN,
    build_delivery_to,
    serve_receiver,
)

HOST = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
PORT = 8080


def parsed(url: str) -> ParsedUrl:
    result = parse_url(url)
    assert isinstance(result, ParsedUrl)
    return result


@pytest.mark.parametrize(
    ("host", "remote", "local", "expected"),
    [
        (HOST, HOST, HOST, True),
        (HOST, "127.0.0.2", HOST, False),
        (HOST, "::1", "::1", False),
        ("::1", "::1", "::1", True),
        ("::1", HOST, HOST, False),
        ("10.0.0.7", "10.0.0.7", "10.0.0.7", True),
        ("10.0.0.7", HOST, HOST, False),
        (EVERYWHERE, HOST, HOST, True),
        # a connection to any address of 127.0.0.0/8 comes from 127.0.0.1
        (EVERYWHERE, "127.0.0.2", HOST, True),
        (EVERYWHERE, "10.0.0.7", "10.0.0.7", True),
        (EVERYWHERE, "10.0.0.8", "10.0.0.7", False),
        (EVERYWHERE, "::1", "::1", False),
        (EVERYWHERE, "fd00::7", "fd00::7", False),
        ("::", "::1", "::1", True),
        ("::", HOST, HOST, True),
        ("::", "fd00::7", "fd00::7", True),
        ("::", "fd00::8", "fd00::7", False),
        ("::", "10.0.0.8", "10.0.0.7", False),
    ],
)
def test_a_connection_leads_to_this_server_if_it_listens_at_the_other_end(
    host: str,
    remote: str,
    local: str,
    expected: bool,  # noqa: FBT001 - a table
) -> None:
    own = OwnAddress(host=host, port=PORT)
    assert is_own(own, parsed(f"http://any.test:{PORT}/"), remote, local) == expected
    assert not is_own(own, parsed("http://any.test:8081/"), remote, local)


@pytest.mark.parametrize(
    ("public_url", "url", "expected"),
    [
        ("http://mock.test", "http://mock.test/any?a=1", True),
        ("http://mock.test/", "http://mock.test:80/", True),
        ("http://mock.test", "http://MOCK.test/any", True),
        ("http://mock.test", "https://mock.test/any", False),
        ("http://mock.test", "http://mock.test:81/any", False),
        ("http://mock.test", "http://other.test/any", False),
        ("https://mock.test:8443/base/", "https://mock.test:8443/base/any", True),
        ("https://mock.test:8443/base", "https://mock.test:8443/base/any", True),
        ("https://mock.test:8443/base", "https://mock.test:8443/basement", False),
        ("https://mock.test:8443/base", "https://mock.test:8443/", False),
    ],
)
def test_a_url_below_the_public_url_leads_to_this_server_wherever_it_is_connected(
    public_url: str,
    url: str,
    expected: bool,  # noqa: FBT001 - a table
) -> None:
    own = OwnAddress(host=HOST, port=PORT, public_url=parsed(public_url))
    assert is_own(own, parsed(url), "10.0.0.8", "10.0.0.7") == expected


def send_to_receiver(own_port: int | None, depth: int, headers: Mapping[str, str]) -> list[str]:
    """Deliver a webhook; return the values of the depth header that the receiver gets.

    `own_port` is relative to the receiver's port, or None for a dispatcher without own address.
    """
    received: list[str] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = (line.partition(": ") for line in head.split("\r\n"))
        received.extend(value for name, _, value in fields if name.lower() == DEPTH_HEADER)
        writer.write(OK_RESPONSE)

    async def run() -> None:
        async with serve_receiver(handle) as port:
            own = None if own_port is None else OwnAddress(host=HOST, port=port + own_port)
            dispatcher = WebhookDispatcher(UNUSED_ORIGIN, own_address=own)
            delivery = build_delivery_to(f"http://{HOST}:{port}/", headers=headers)
            result = await dispatcher.deliver(delivery.replace(depth=depth))
            assert result.status == 200
            await dispatcher.close()

    asyncio.run(run())
    return received


@pytest.mark.parametrize(
    ("own_port", "depth", "headers", "expected"),
    [
        (0, 0, {}, ["1"]),
        (0, 7, {}, ["8"]),
        # what the client has asked for does not hide a loop
        (0, 7, {"X-Mock-Webhook-Depth": "0"}, ["8"]),
        (1, 7, {}, []),
        (None, 7, {}, []),
        (1, 7, {"X-Mock-Webhook-Depth": "0"}, ["0"]),
    ],
)
def test_only_a_webhook_to_the_own_address_has_its_depth(
    own_port: int | None, depth: int, headers: Mapping[str, str], expected: list[str]
) -> None:
    assert send_to_receiver(own_port, depth, headers) == expected
