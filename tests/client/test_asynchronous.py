"""The asynchronous client is the blocking one, awaited."""

import ast
import asyncio
import inspect
import re
from textwrap import dedent

import httpx
import pytest

from mockserver.client import (
    AsyncMockServer,
    MockServer,
    NotAccepted,
    NotCalled,
    asynchronous,
    sync,
)
from tests.support.client_calls import CLICK_TO_CALL_PATH, HEADERS, click_to_call
from tests.support.simulation import CLICK_TO_CALL

AWAITED = re.compile(r"\b(async|await) ")


def bodies(kind: type) -> dict[str, str]:
    """Public methods by name, as they are written, `async` and `await` taken out."""
    found = {name: one for name, one in vars(kind).items() if name[0] != "_" and callable(one)}
    return {name: AWAITED.sub("", inspect.getsource(one)) for name, one in found.items()}


def plain(text: str) -> str:
    return ast.unparse(ast.parse(dedent(text)))


def test_both_clients_say_the_same() -> None:
    blocking, awaited = bodies(MockServer), bodies(AsyncMockServer)
    guard = "        if _is_loop_running():\n            raise BlockingCall\n"
    blocking["ask"] = blocking["ask"].replace(guard, "")
    awaited["close"] = awaited["close"].replace("aclose", "close")
    assert {name: plain(text) for name, text in awaited.items()} == {
        name: plain(text) for name, text in blocking.items()
    }


def test_call_from_request_to_report(origin: str, mock: MockServer) -> None:
    click_to_call(mock)

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


def test_raise_for_fault(origin: str) -> None:
    async def asked() -> str:
        mock = AsyncMockServer(origin, "t-faults")
        await mock.open(clock="manual", seed="s")
        url = mock.url("mobtexting") + CLICK_TO_CALL_PATH
        async with mock, httpx.AsyncClient(trust_env=False) as client:
            good = await client.post(url, json=dict(CLICK_TO_CALL), headers=HEADERS)
            bad = await client.post(url, json={}, headers=HEADERS)
            assert await mock.raise_for_fault(good) is good
            with pytest.raises(NotAccepted) as caught:
                await mock.raise_for_fault(bad)
            await mock.drop()
        return str(caught.value.explained.rules[0]["fault"])

    assert asyncio.run(asked()) == "bridge-required"
