"""Every answer tells the time of the sandbox that it comes from, once."""

import asyncio
from types import SimpleNamespace as Some
from typing import Any

import pytest
from starlette.types import Message, Scope

from mockserver.web.vendor.response import add_time_header

NOW = (b"x-mock-now", b"1970-01-01T00:00:01.000Z")
DEFAULT = (b"x-mock-now", b"1970-01-01T00:00:02.000Z")
BODY = {"type": "http.response.body", "body": b""}


def sandbox(at: int) -> Any:
    return Some(clock=Some(now=lambda: at))


@pytest.mark.parametrize(
    ("there", "headers", "told"),
    [
        (sandbox(1_000), [], [NOW]),
        (sandbox(1_000), [(b"a", b"b")], [(b"a", b"b"), NOW]),
        (sandbox(1_000), [DEFAULT], [DEFAULT]),
        (None, [], [DEFAULT]),
    ],
)
def test_dated(there: Any, headers: list[Any], told: list[Any]) -> None:
    scope: Scope = {
        "sandbox": there,
        "dependencies": Some(sandboxes=Some(get=lambda _: sandbox(2_000))),
    }
    sent = list[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    async def scenario() -> None:
        tell = add_time_header(send, scope)
        await tell({"type": "http.response.start", "status": 200, "headers": headers})
        await tell(BODY)

    asyncio.run(scenario())
    assert sent == [{"type": "http.response.start", "status": 200, "headers": told}, BODY]
