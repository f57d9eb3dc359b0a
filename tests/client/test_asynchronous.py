"""The asynchronous client does the same as the blocking one."""

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
    NotCalled,
    RequestRefused,
    asynchronous,
    sync,
)
from tests.support.client_calls import HEADERS, click_to_call
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH

AWAITED = re.compile(r"\b(async|await) ")


def method_sources(client_class: type) -> dict[str, str]:
    """Return the source of each public method, without `async` and `await`."""
    methods = {
        name: method
        for name, method in vars(client_class).items()
        if name[0] != "_" and callable(method)
    }
    return {name: AWAITED.sub("", inspect.getsource(method)) for name, method in methods.items()}


def normalize(source: str) -> str:
    return ast.unparse(ast.parse(dedent(source)))


def test_both_clients_have_the_same_methods_but_for_await() -> None:
    blocking_methods, asynchronous_methods = (
        method_sources(MockServer),
        method_sources(AsyncMockServer),
    )
    loop_check = "        if is_loop_running():\n            raise BlockingCall\n"
    blocking_methods["ask"] = blocking_methods["ask"].replace(loop_check, "")
    asynchronous_methods["close"] = asynchronous_methods["close"].replace("aclose", "close")
    asynchronous_methods["fork"] = asynchronous_methods["fork"].replace("AsyncMock", "Mock")
    assert {name: normalize(text) for name, text in asynchronous_methods.items()} == {
        name: normalize(text) for name, text in blocking_methods.items()
    }


def test_the_async_client_plays_a_call_from_request_to_report(
    origin: str, mock: MockServer
) -> None:
    click_to_call(mock)

    async def verify() -> None:
        async with AsyncMockServer(origin, mock.sandbox) as client:
            await client.finish()
            [webhook] = await client.webhooks()
            assert webhook.state == "delivered"
            await client.assert_called(times=1, provider="mobtexting")
            await client.assert_order({"kind": "completed"})
            with pytest.raises(NotCalled):
                await client.assert_called(times=0)

    asyncio.run(verify())


def test_both_client_modules_have_the_same_docstring_form() -> None:
    assert (sync.__doc__, asynchronous.__doc__) == (
        "The blocking client.",
        "The asynchronous client.",
    )


def test_the_async_client_raises_for_a_fault_and_returns_a_good_response(origin: str) -> None:
    async def fetch_fault_name() -> str:
        mock = AsyncMockServer(origin, "t-faults")
        await mock.open(clock="manual", seed="s")
        url = mock.url("mobtexting") + CLICK_TO_CALL_PATH
        async with mock, httpx.AsyncClient(trust_env=False) as client:
            accepted = await client.post(url, json=dict(CLICK_TO_CALL), headers=HEADERS)
            refused = await client.post(url, json={}, headers=HEADERS)
            assert await mock.raise_for_fault(accepted) is accepted
            with pytest.raises(RequestRefused) as error:
                await mock.raise_for_fault(refused)
            await mock.drop()
        return str(error.value.explanation.rules[0]["fault"])

    assert asyncio.run(fetch_fault_name()) == "bridge-required"
