"""Scenario files that change while the server runs: what takes effect, and what stays."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pytest

from mockserver import app
from mockserver.compiler import ScenarioCompiler, build_configuration, count_scenarios
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import Settings
from tests.support import read
from tests.support.simulation import START, click_to_call

FIRST = """
default: mine
accounts:
  shop: {provider: mobtexting, credentials: [k-1], balance: "5"}
  mill: {provider: mobtexting, credentials: [k-2]}
scenarios:
  mine: {legs: {callee: busy}}
"""
SECOND = """
default: yours
accounts:
  shop: {provider: mobtexting, credentials: [k-1], balance: "7"}
  mill: {provider: mobtexting, credentials: [k-2]}
  farm: {provider: mobtexting, credentials: [k-3]}
scenarios:
  yours: {legs: {callee: rejected}}
"""


class Nobody:
    async def deliver(self, _: Delivery) -> DeliveryResult:
        return DeliveryResult(status=200)


class Case:
    """A sandbox that began with a file, and the reload of it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.write_text(FIRST, "utf-8")
        self.settings = Settings(scenarios=(str(file),), clock="manual", start=START)
        start = (build_configuration(self.settings), Timing(mode="manual", start=START))
        self.sandboxes = SandboxRegistry(Nobody(), start, lambda _: None)
        self.sandbox = self.sandboxes.get("default")
        self.compiler = ScenarioCompiler(self.settings)
        self.logged: list[str] = []

    def reload(self, text: str | None = None) -> str:
        """What was logged."""
        if text is not None:
            self.file.write_text(text, "utf-8")
        reloading = app._reload(self.sandboxes, self.settings, self.compiler, self.logged.append)  # noqa: SLF001 - the server alone calls it, when a file changes
        asyncio.run(reloading)
        return self.logged[-1]

    def balances(self) -> dict[str, object]:
        accounts = read.accounts(self.sandbox.state).items()
        return {name: one.balance for (_, name), one in accounts if not name.endswith("-default")}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path / "mine.yaml")


def test_a_changed_file_takes_effect(case: Case) -> None:
    state = case.sandbox.state
    seed, told = state.configuration.seed, case.reload(SECOND)
    assert told == f"scenario files reloaded: {count_scenarios(state.configuration)} scenarios"
    assert (state.configuration.scenarios.default, state.configuration.seed) == ("yours", seed)
    assert {name: name in state.configuration.scenarios.by_name for name in ("yours", "mine")} == {
        "yours": True,
        "mine": False,
    }
    click_to_call(state, headers={"authorization": "Bearer k-3"})
    assert read.leg_scenarios(state)["c1"].scenario.name == "yours"


def test_changed_accounts_take_effect_and_others_keep_their_patches(case: Case) -> None:
    accounts = read.accounts(case.sandbox.state)
    for name in ("shop", "mill"):
        accounts["mobtexting", name] = accounts["mobtexting", name]._replace(balance=1)  # type: ignore[arg-type] # told apart from what a file says
    case.reload(SECOND)
    assert {name: str(told) for name, told in case.balances().items()} == {
        "shop": "7",
        "mill": "1",
        "farm": "None",
    }


def test_an_account_that_has_gone_from_the_file_stays_for_its_calls(case: Case) -> None:
    click_to_call(case.sandbox.state, headers={"authorization": "Bearer k-2"})
    case.reload("scenarios: {}")
    asyncio.run(case.sandbox.scheduler.advance(None))
    assert read.calls(case.sandbox.state)["c1"].ended_at is not None
    assert "mill" in case.balances()


def test_a_call_that_is_under_way_goes_on_as_it_began(case: Case) -> None:
    state = case.sandbox.state
    click_to_call(state, headers={"authorization": "Bearer k-1"})
    case.reload(SECOND)
    asyncio.run(case.sandbox.scheduler.advance(None))
    assert (read.calls(state)["c1"].outcome, read.leg_scenarios(state)["c1"].scenario.name) == (
        "busy",
        "mine",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("scenarios: {x: {legs: {a: bussy}}}", "{file}:1:27: "),
        ("scenarios: [", "{file}:2:1: this is not YAML"),
        ("default: nobody", "{file}:1:10: no scenario is named 'nobody'"),
        (
            "scenarios: {x: {needs: {leg: b, provider: mobtexting}, steps: [{answer: b}]}}",
            "{file}:1:",
        ),
    ],
)
def test_a_broken_file_keeps_the_last_good_set_and_is_reported(
    case: Case, text: str, told: str
) -> None:
    state = case.sandbox.state
    before, accounts = state.configuration, dict(read.accounts(state))
    first, second = case.reload(text).split("\n")[:2]
    assert first == "scenario files not reloaded:"
    assert second.startswith(told.replace("{file}", str(case.file)))
    assert (state.configuration, read.accounts(state)) == (before, accounts)
    assert case.reload(SECOND).startswith("scenario files reloaded: ")
    assert state.configuration.scenarios.default == "yours"


def test_a_file_that_is_gone_keeps_the_last_good_set_and_is_reported(case: Case) -> None:
    before = case.sandbox.state.configuration
    case.file.unlink()
    missing = f"scenario files not reloaded:\nscenarios: there is no file or directory {case.file}"
    assert case.reload() == missing
    assert case.sandbox.state.configuration is before


def test_a_reset_begins_with_what_was_loaded_last(case: Case) -> None:
    case.reload(SECOND)
    asyncio.run(case.sandbox.reset())
    assert {name: str(told) for name, told in case.balances().items()} == {
        "shop": "7",
        "mill": "None",
        "farm": "None",
    }


# --- in a server that watches --------------------------------------------------------------------


def ask(url: str) -> Any:
    with build_opener(ProxyHandler({})).open(url, timeout=10) as answer:
        return json.load(answer)


Files = Callable[[], Iterable[Path]]


def test_a_server_watches_its_files_if_it_is_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[list[Path]] = []
    ended, reloaded = threading.Event(), threading.Event()

    async def watch(files: Files, changed: Callable[[], Awaitable[None]]) -> None:
        looks.append(list(files()))
        file.unlink()
        looks.append(list(files()))
        file.write_text(SECOND, "utf-8")
        await changed()
        reloaded.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr(app, "watch_files", watch)
    file = tmp_path / "mine.yaml"
    file.write_text(FIRST, "utf-8")
    settings = Settings(port=0, scenarios=(str(file),), watch=True, clock="manual", quiet=True)
    with app.run_server(settings) as origin:
        assert reloaded.wait(10)
        assert ask(f"{origin}/_mock/scenarios")["default"] == "yours"
    assert ended.wait(10)
    assert looks == [[file], []]


def test_a_server_that_is_not_told_to_does_not_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "watch_files", None)
    with app.run_server(Settings(port=0, quiet=True)) as origin:
        assert ask(f"{origin}/_mock/health")["status"] == "ok"
