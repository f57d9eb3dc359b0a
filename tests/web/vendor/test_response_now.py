"""Every response has the time of its sandbox exactly once."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Message, Scope

from mockserver.web.vendor.response import add_time_header

NOW = (b"x-mock-now", b"1970-01-01T00:00:01.000Z")
DEFAULT = (b"x-mock-now", b"1970-01-01T00:00:02.000Z")
BODY = {"type": "http.response.body", "body": b""}


def build_sandbox(at: int) -> Any:
    return SimpleNamespace(clock=SimpleNamespace(now=lambda: at))


@pytest.mark.parametrize(
    ("sandbox", "headers", "expected"),
    [
        (build_sandbox(1_000), [], [NOW]),
        (build_sandbox(1_000), [(b"a", b"b")], [(b"a", b"b"), NOW]),
        (build_sandbox(1_000), [DEFAULT], [DEFAULT]),
        (None, [], [DEFAULT]),
    ],
)
def test_a_response_without_a_now_header_gets_the_time_of_its_sandbox(
    sandbox: Any, headers: list[Any], expected: list[Any]
) -> None:
    sandboxes = SimpleNamespace(default=build_sandbox(2_000))
    scope: Scope = {
        "state": {
            "dependencies": SimpleNamespace(sandboxes=sandboxes),
            "request_info": SimpleNamespace(sandbox=sandbox),
        }
    }
    sent = list[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    async def main() -> None:
        send_with_time = add_time_header(send, scope)
        await send_with_time({"type": "http.response.start", "status": 200, "headers": headers})
        await send_with_time(BODY)

    asyncio.run(main())
    assert sent == [{"type": "http.response.start", "status": 200, "headers": expected}, BODY]
