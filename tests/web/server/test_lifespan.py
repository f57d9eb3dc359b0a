"""The server runs the lifespan of the application and reports its failures."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.types import Message

from mockserver.web.server.lifespan import Lifespan, run_lifespan

FAILURES: tuple[tuple[str, str, list[str]], ...] = (
    ("start", "lifespan.startup.failed", []),
    ("stop", "lifespan.shutdown.failed", ["lifespan.startup.complete"]),
)


def build_lifespan(state: Mapping[str, Any] | None = None, failing: str = "") -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[Mapping[str, Any] | None]:
        if failing == "start":
            raise OSError("no room")
        yield state
        if failing == "stop":
            raise OSError("no room")

    return lifespan


async def run_to_shutdown(lifespan: Lifespan, state: dict[str, Any], sent: list[Message]) -> None:
    messages = ["lifespan.startup", "lifespan.shutdown"]

    async def receive() -> Message:
        return {"type": messages.pop(0)}

    async def send(message: Message) -> None:
        sent.append(message)

    await run_lifespan(lifespan, {"type": "lifespan", "state": state}, receive, send)


@pytest.mark.parametrize("yielded", [None, {}, {"refused": 1}])
def test_the_state_yielded_by_the_lifespan_is_shared_with_all_connections(
    yielded: Mapping[str, Any] | None,
) -> None:
    state, sent = dict[str, Any](), list[Message]()
    asyncio.run(run_to_shutdown(build_lifespan(yielded), state, sent))
    assert state == (yielded or {})
    assert sent == [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}]


@pytest.mark.parametrize(("failing", "last", "before"), FAILURES, ids=["start", "stop"])
def test_a_failing_lifespan_is_reported_and_its_error_propagates(
    failing: str, last: str, before: list[str]
) -> None:
    sent = list[Message]()
    with pytest.raises(OSError, match="no room"):
        asyncio.run(run_to_shutdown(build_lifespan(failing=failing), {}, sent))
    assert [message["type"] for message in sent] == [*before, last]
    assert sent[-1]["message"].endswith("OSError: no room\n")
