"""The asynchronous client is the blocking one, awaited."""

import ast
import asyncio
import inspect
import re
from textwrap import dedent

import pytest

from mockserver.client import AsyncMockServer, MockServer, NotCalled, asynchronous, sync
from tests.client.conftest import click

AWAITED = re.compile(r"\b(async|await) ")


def bodies(kind: type) -> dict[str, str]:
    """Public methods by name, as they are written, `async` and `await` taken out."""
    found = {name: one for name, one in vars(kind).items() if name[0] != "_" and callable(one)}
    return {name: AWAITED.sub("", inspect.getsource(one)) for name, one in found.items()}


def plain(text: str) -> str:
    return ast.unparse(ast.parse(dedent(text)))


def test_both_clients_say_the_same() -> None:
    blocking, awaited = bodies(MockServer), bodies(AsyncMockServer)
    guard = "        if _looping():\n            raise BlockingCall\n"
    blocking["ask"] = blocking["ask"].replace(guard, "")
    awaited["close"] = awaited["close"].replace("aclose", "close")
    assert {name: plain(text) for name, text in awaited.items()} == {
        name: plain(text) for name, text in blocking.items()
    }


def test_call_from_request_to_report(origin: str, mock: MockServer) -> None:
    click(mock)

    async def verified() -> None:
        async with AsyncMockServer(origin, mock.sandbox) as client:
            await client.finish()
            [webhook] = await client.webhooks()
            assert webhook.state == "delivered"
            await client.assert_called(times=1, provider="mobtexting")
            await client.assert_order({"kind": "completed"})
            with pytest.raises(NotCalled):
                await client.assert_called(times=0)

    asyncio.run(verified())


def test_modules_open_alike() -> None:
    assert (sync.__doc__, asynchronous.__doc__) == (
        "The blocking client.",
        "The asynchronous client.",
    )
