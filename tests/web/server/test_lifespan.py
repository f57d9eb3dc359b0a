"""The server's life: what is run before and after all requests, and what is told if it fails."""

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


def life(state: Mapping[str, Any] | None = None, failing: str = "") -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[Mapping[str, Any] | None]:
        if failing == "start":
            raise OSError("no room")
        yield state
        if failing == "stop":
            raise OSError("no room")

    return lifespan


async def live(lifespan: Lifespan, state: dict[str, Any], told: list[Message]) -> None:
    messages = ["lifespan.startup", "lifespan.shutdown"]

    async def receive() -> Message:
        return {"type": messages.pop(0)}

    async def send(message: Message) -> None:
        told.append(message)

    await run_lifespan(lifespan, {"type": "lifespan", "state": state}, receive, send)


@pytest.mark.parametrize("known", [None, {}, {"refused": 1}])
def test_what_it_yields_is_known_to_all_connections(known: Mapping[str, Any] | None) -> None:
    state, told = dict[str, Any](), list[Message]()
    asyncio.run(live(life(known), state, told))
    assert state == (known or {})
    assert told == [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}]


@pytest.mark.parametrize(("failing", "last", "before"), FAILURES, ids=["start", "stop"])
def test_a_failure_is_told_and_goes_on(failing: str, last: str, before: list[str]) -> None:
    told = list[Message]()
    with pytest.raises(OSError, match="no room"):
        asyncio.run(live(life(failing=failing), {}, told))
    assert [one["type"] for one in told] == [*before, last]
    assert told[-1]["message"].endswith("OSError: no room\n")
