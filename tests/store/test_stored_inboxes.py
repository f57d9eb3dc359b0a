"""What inboxes have received, and how they respond next, outlives the server."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.webhook import DeliveryResult
from mockserver.core.webhook_url import ParsedUrl
from mockserver.delivery.http_request import build_request
from mockserver.runtime import inboxes
from mockserver.runtime.loopback import deliver_to_inbox
from tests.support.builders import build_webhook
from tests.support.stored_site import StoredSite, copy_file, open_stored_site, stored_settings, use

SANDBOXES = ("", "/_sandbox/other")
NAMES = ("a", "b")

Step = tuple[str, str, str, Any]
"""(kind, prefix of the sandbox, name of the inbox, data)"""


def steps(kind: str, data: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.tuples(st.just(kind), st.sampled_from(SANDBOXES), st.sampled_from(NAMES), data)


STEPS = st.one_of(
    steps("receive", st.integers(0, 1_500)),
    steps("receive", st.integers(0, 1_500)),
    steps("program", st.lists(st.sampled_from([200, 404, 500]), max_size=3)),
    steps("clear", st.none()),
    steps("reset", st.none()),
    steps("replace", st.none()),
    steps("remove", st.none()),
    steps("end", st.none()),
    steps("kill", st.none()),
)


async def send(client: httpx.AsyncClient, step: Step) -> None:
    kind, prefix, name, data = step
    inbox, sandbox = f"{prefix}/_mock/inboxes/{name}", "/_mock/sandboxes/other"
    if kind == "receive":
        url = f"{prefix}/_mock/receive/{name}?size={data}"
        await client.post(url, content=b"x" * data, headers={"x-size": str(data)})
    elif kind == "program":
        await client.put(inbox, json={"responses": data, "delay": 0})
    elif kind == "clear":
        await client.delete(inbox)
    elif kind == "reset":
        await client.post(f"{prefix}/_mock/reset")
    elif kind == "replace":
        await client.put(sandbox, json={"clock": "manual"})
    elif kind == "remove":
        await client.delete(sandbox)
    else:
        pytest.fail(kind)


async def read_inboxes(client: httpx.AsyncClient) -> list[str]:
    """Return the texts of all that the control API shows of inboxes."""
    paths = [f"{prefix}/_mock/inboxes{name}" for prefix in SANDBOXES for name in ("", "/a", "/b")]
    return [(await client.get(path)).text for path in paths]


def run_until_end(run: list[Step]) -> Iterator[tuple[list[Step], str]]:
    """Yield the steps of each server, and how it ends."""
    steps: list[Step] = []
    for step in (*run, ("end", "", "", None)):
        if step[0] in ("end", "kill"):
            yield steps, step[0]
            steps = []
        else:
            steps.append(step)


@settings(max_examples=25)
@given(run=st.lists(STEPS, max_size=25))
def test_after_a_restart_the_inboxes_are_what_they_were(run: list[Step]) -> None:
    """Few requests fit, so that they also leave: those of an inbox, and the oldest of all."""

    async def serve(file: Path, to: Path, each: list[Step], before: list[str]) -> list[str]:
        async with open_stored_site(stored_settings(file), max_inbox_bytes=9_000) as site:
            restored = await read_inboxes(site.client)
            for step in each:
                await send(site.client, step)
            after = await read_inboxes(site.client)
            copy_file(file, to)
        if before:
            assert restored == before
        return after

    with (
        TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(inboxes, "MAX_REQUESTS", 3)
        file, before = Path(folder) / "0.db", list[str]()
        for number, (each, end) in enumerate(run_until_end([*run, ("kill", "", "", None)]), 1):
            copy = Path(folder) / f"{number}.db"
            before = asyncio.run(serve(file, copy, each, before))
            file = copy if end == "kill" else file


def test_after_a_restart_the_oldest_requests_of_all_leave_first(tmp_path: Path) -> None:
    settings = stored_settings(tmp_path / "calls.db")
    received = [("/_sandbox/other", "a"), ("", "a"), ("/_sandbox/other", "b"), ("", "b")]

    async def fill(site: StoredSite) -> None:
        for prefix, name in received:
            site.sandboxes.get_or_create("other")
            await send(site.client, ("receive", prefix, name, 0))

    async def receive_more(site: StoredSite) -> None:
        await site.sandboxes.wake("other")
        await send(site.client, ("receive", "", "c", 0))
        await send(site.client, ("receive", "", "c", 0))
        kept = {
            f"{sandbox.name} {name}": (len(inbox.requests), inbox.evicted)
            for sandbox in site.sandboxes
            for name, inbox in sandbox.inboxes.items()
        }
        assert kept == {
            "other a": (0, 1),
            "default a": (0, 1),
            "other b": (1, 0),
            "default b": (1, 0),
            "default c": (2, 0),
        }

    use(settings, fill, max_inbox_bytes=9_500)
    use(settings, receive_more, max_inbox_bytes=9_500)


def deliver(site: StoredSite) -> Any:
    url = ParsedUrl(host="127.0.0.1", port=8080, is_secure=False, path="/_mock/receive/x")
    request = build_request(url, build_webhook(url="", body={"a": 1}, method="POST", headers={}))
    return deliver_to_inbox(site.sandboxes, request)


def test_a_delivery_without_a_socket_is_acknowledged_once_it_is_stored(tmp_path: Path) -> None:
    async def check(site: StoredSite) -> None:
        sandbox, durability = site.sandboxes.default, site.sandboxes.durability
        assert await deliver(site) == DeliveryResult(status=200)
        assert durability
        assert durability.is_durable(sandbox)

    use(stored_settings(tmp_path / "calls.db"), check)


def test_a_delivery_that_cannot_be_stored_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check(site: StoredSite) -> None:
        monkeypatch.setattr(site.sandboxes.default.state.inputs, "is_complete", False)
        assert await deliver(site) == DeliveryResult(status=503)
        monkeypatch.undo()

    use(stored_settings(tmp_path / "calls.db"), check)
