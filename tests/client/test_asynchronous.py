"""The asynchronous client does the same as the blocking one."""

import asyncio
import runpy
from pathlib import Path

import httpx
import pytest

from mock_calls import (
    AsyncMockServer,
    MockServer,
    NotCalled,
    RequestRefused,
)
from tests.support.client_calls import HEADERS, click_to_call
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH

CLIENTS = Path(__file__).parent.parent.parent / "clients" / "python"


def test_the_blocking_client_is_what_the_generator_makes_of_the_asynchronous_one() -> None:
    generator = runpy.run_path(str(CLIENTS / "blocking.py"))
    for name, blocking in generator["MODULES"].items():
        text = (CLIENTS / "mock_calls" / f"{blocking}.py").read_text("utf-8")
        assert text == generator["blocking_source"](name)


def test_both_clients_have_the_same_methods() -> None:
    assert public_names(AsyncMockServer) == public_names(MockServer)


def public_names(client: type) -> list[str]:
    return [name for name in dir(client) if name[0] != "_"]


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
