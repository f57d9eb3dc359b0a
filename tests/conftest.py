"""Fixtures for every floor: a world with the bundled files, a store, and a way to play it."""

import asyncio
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import gettempdir
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

from mockserver.compiler import build_configuration as made
from mockserver.core.account import Account, merge_patch
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.scenario import Scenario
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import step, update_account
from mockserver.engine.webhooks import complete_attempt
from mockserver.settings import parse_settings

# What it learns about the code it keeps elsewhere: a checkout stays as it was.
set_hypothesis_home_dir(Path(gettempdir()) / "hypothesis")
# The same examples at each run, so that a change is judged and not its luck.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

START = 1_767_258_000_000  # 2026-01-01T09:00:00Z

CLICK: Mapping[str, object] = {
    "bridge": "918068281234",
    "from": "918867135000",
    "to": "918867136000",
}

Run = Callable[..., pytest.RunResult]
"""Run a text of tests in a pytest of its own."""

SUITE = """
import httpx
import pytest

CLICK = {"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}
HEADERS = {"authorization": "Bearer key", "accept": "application/json"}


def click(mock, path="/api/v2/voice/c2c"):
    url = mock.url("mobtexting") + path
    return httpx.post(url, json=CLICK, headers=HEADERS, trust_env=False)

"""
# what such tests begin with

Receiver = Callable[[Delivery], DeliveryResult]


def pleased(_: Delivery) -> DeliveryResult:
    return DeliveryResult(200)


def only(whole: Configuration, *names: str) -> Configuration:
    """The world with these providers alone, so that a test means no other."""
    return whole._replace(
        providers={name: whole.providers[name] for name in names},
        accounts={key: one for key, one in whole.accounts.items() if key[0] in names},
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--runs", type=int, default=2, help="how often a server is started and ended in each way"
    )
    parser.addoption(
        "--resets", type=int, default=1_000, help="how often a world is reset in the midst of it"
    )


@pytest.fixture
def runs(request: pytest.FixtureRequest) -> range:
    told: int = request.config.getoption("--runs")
    return range(told)


@pytest.fixture(scope="session")
def world() -> Configuration:
    """All that is bundled."""
    return made(parse_settings({"seed": "seed"}, {}))


@pytest.fixture
def store(world: Configuration) -> SandboxState:
    return SandboxState(world, START)


def click(
    store: SandboxState,
    *stories: str,
    now: int = START,
    headers: Mapping[str, str] | None = None,
    **fields: object,
) -> Exchange:
    """A Mobtexting click-to-call, the documented fields first and `fields` over them."""
    listing = store.configuration.providers["mobtexting"]
    given = {"authorization": "Bearer key", "accept": "application/json", **(headers or {})}
    sent = {name: value for name, value in {**CLICK, **fields}.items() if value is not None}
    asked = Request("POST", "/api/v2/voice/c2c", headers=given, fields=sent)
    return handle(
        store, IncomingRequest(listing, listing.provider.endpoints[0], asked, stories), now
    )


def play(store: SandboxState, receiver: Receiver = pleased) -> list[Delivery]:
    """Step until nothing is due, answering each webhook at once; what was handed out."""
    sent = []
    while (due := store.peek()) is not None:
        delivery = step(store)
        if delivery is not None:
            sent.append(delivery)
            complete_attempt(store, delivery, receiver(delivery), due.at)
    return sent


def telling(world: Configuration, *stories: Scenario, **changes: Any) -> SandboxState:
    """A store that has these stories beside the bundled ones; the first is its default."""
    named = {**world.scenarios.by_name, **{story.name: story for story in stories}}
    told = world.scenarios._replace(by_name=named, default=stories[0].name)
    return SandboxState(world._replace(scenarios=told, **changes), START)


def acting(world: Configuration, **changes: Any) -> SandboxState:
    """A store whose provider behaves differently."""
    listing = world.providers["mobtexting"]
    provider = listing.provider._replace(**changes)
    return SandboxState(
        world._replace(providers={"mobtexting": listing._replace(provider=provider)}), START
    )


def until(store: SandboxState, at: int) -> None:
    """Do all that is due up to so many ms after the start."""
    until_at(store, START + at)


def until_at(store: SandboxState, at: int) -> None:
    """Do all that is due up to that moment."""
    while (due := store.peek()) is not None and due.at <= at:
        step(store)


def patched(
    store: SandboxState, key: tuple[str, str], document: Mapping[str, object], now: int
) -> None:
    """An account changed by a merge patch, as a control request would."""
    changed = merge_patch(store.accounts[key].document, document)
    account, flaws = store.configuration.parse_account(key[1], key[0], changed)
    assert flaws == ()
    assert isinstance(account, Account)
    update_account(store, account, now)


def with_account(store: SandboxState, **changes: Any) -> None:
    """Change the bundled Mobtexting account."""
    key = ("mobtexting", "mobtexting-default")
    store.accounts[key] = store.accounts[key]._replace(**changes)


def next_due(store: SandboxState) -> int | None:
    """When the next thing happens, in ms."""
    due = store.peek()
    return due.at if due else None


@pytest.fixture(params=["asyncio", "uvloop"])
def either_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once as it is without uvloop, once as the server runs."""
    if request.param == "uvloop":
        made = pytest.importorskip("uvloop").new_event_loop
        monkeypatch.setattr(asyncio.events, "new_event_loop", made)


@pytest.fixture
def suite(pytester: pytest.Pytester) -> Run:
    """Run tests in a process of their own, warnings as errors."""

    def run(tests: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(SUITE + dedent(tests))
        plugin = () if _installed() else ("-p", "mockserver.pytest_plugin")
        return pytester.runpytest_subprocess(
            *plugin, "-q", "-W", "error", "-p", "no:cacheprovider", *arguments, timeout=60
        )

    return run


def _installed() -> bool:
    """Whether pytest finds the plugin by itself."""
    return any(one.value == "mockserver.pytest_plugin" for one in entry_points(group="pytest11"))
