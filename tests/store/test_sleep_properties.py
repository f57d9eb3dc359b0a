"""Whenever the sandboxes of a server sleep, their journals are those of sandboxes that never do."""

import asyncio
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.runtime.sleep import SLEEP_AFTER
from tests.support.sleeping_site import LIST, SleepingSite, open_sleeping_site

NAMES = tuple(f"t{number}" for number in range(5))
ANSWERS = ("journal?format=jsonl", "calls", "webhooks", "requests", "scenarios", "inboxes/x")

Step = tuple[str, str, Any]
"""(kind, name of the sandbox, data)"""


def steps(kind: str, data: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.tuples(st.just(kind), st.sampled_from(NAMES), data)


STEPS = st.one_of(
    steps("call", st.sampled_from(["", "busy", "mine"])),
    steps("advance", st.integers(1, 60_000)),
    steps("activate", st.sampled_from(["busy", "no-answer"])),
    steps("upload", st.sampled_from(["busy", "declined"])),
    steps("snapshot", st.sampled_from(["a", "b"])),
    steps("fork", st.sampled_from(NAMES)),
    steps("fork-snapshot", st.sampled_from(["a", "b"])),
    steps("receive", st.integers(0, 100)),
    steps("reset", st.none()),
    steps("delete", st.none()),
    steps("sleep", st.none()),
    steps("sleep", st.none()),
    steps("sleep-all", st.none()),
)


async def let_sleep(site: SleepingSite, name: str) -> None:
    """Let only one sandbox sleep, if it exists."""
    site.clock.seconds += SLEEP_AFTER
    for sandbox in site.sandboxes:
        if sandbox.name != name:
            site.sandboxes.get_or_create(sandbox.name)
    await site.sandboxes.expire()
    assert site.sandboxes.find(name) is None


async def play(site: SleepingSite, step: Step, *, sleeps: bool) -> int:
    """Play a step, and return the status of its response."""
    kind, name, data = step
    prefix = f"/_sandbox/{name}"
    requests: dict[str, tuple[str, str, dict[str, Any]]] = {
        "advance": ("POST", f"{prefix}/_mock/clock/advance", {"json": {"by": f"{data}ms"}}),
        "activate": ("POST", f"{prefix}/_mock/activations", {"json": {"scenario": data}}),
        "upload": ("PUT", f"{prefix}/_mock/scenarios/mine", {"content": f"legs: {{b: {data}}}"}),
        "snapshot": ("POST", f"{LIST}/{name}/snapshots", {"json": {"as": data}}),
        "fork": ("PUT", f"{LIST}/{name}", {"json": {"from": data}}),
        "fork-snapshot": ("PUT", f"{LIST}/{name}", {"json": {"from": name, "snapshot": data}}),
        "receive": ("POST", f"{prefix}/_mock/receive/x", {"content": str(data)}),
        "reset": ("POST", f"{prefix}/_mock/reset", {}),
        "delete": ("DELETE", f"{LIST}/{name}", {}),
    }
    if kind in requests:
        method, path, more = requests[kind]
        return (await site.request(method, path, **more)).status_code
    if kind == "call":
        scenario = {"x-mock-scenario": data} if data else {}
        return (await site.click_to_call(prefix, **scenario)).status_code
    if sleeps and kind == "sleep":
        await let_sleep(site, name)
    elif sleeps:
        await site.pass_time()
    return 0


async def play_all(path: Path, played: list[Step], *, sleeps: bool) -> list[object]:
    async with open_sleeping_site(path) as site:
        statuses: list[object] = [await play(site, step, sleeps=sleeps) for step in played]
        listed = (await site.request("GET", LIST)).json()["sandboxes"]
        names = sorted(each["name"] for each in listed)
        for name in names:
            for answer in ANSWERS:
                response = await site.request("GET", f"/_sandbox/{name}/_mock/{answer}")
                text = re.sub(r'"duration_ms": ?\d+', "", response.text)  # real time
                statuses.append((name, answer, response.status_code, text))
        return statuses


@settings(max_examples=25, deadline=None)
@given(st.lists(STEPS, min_size=5, max_size=25))
def test_sleep_changes_no_journal(played: list[Step]) -> None:
    async def main() -> None:
        with TemporaryDirectory() as folder:
            asleep = await play_all(Path(folder, "asleep.db"), played, sleeps=True)
            awake = await play_all(Path(folder, "awake.db"), played, sleeps=False)
            assert asleep == awake

    asyncio.run(main())
