"""Scenario files that change while the server runs: what takes effect and what stays."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import pytest

from mockserver import app
from mockserver.app import lifespan
from mockserver.compiler import ScenarioCompiler, build_configuration, count_scenarios
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import Settings
from tests.support import read
from tests.support.dispatchers import AcceptingDispatcher
from tests.support.fetch import fetch_json
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


class ReloadCase:
    """A sandbox that was built from a file, and reloads of the file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.write_text(FIRST, "utf-8")
        self.settings = Settings(scenarios=(str(file),), clock="manual", start=START)
        start = (build_configuration(self.settings), Timing(mode="manual", start=START))
        self.sandboxes = SandboxRegistry(AcceptingDispatcher(), start, lambda _: None)
        self.sandbox = self.sandboxes.get_or_create("default")
        self.compiler = ScenarioCompiler(self.settings)
        self.logged: list[str] = []

    def reload(self, text: str | None = None) -> str:
        """Write the file if there is a text, reload, and return the logged text."""
        if text is not None:
            self.file.write_text(text, "utf-8")
        reload = app._reload(self.sandboxes, self.settings, self.compiler, self.logged.append)  # noqa: SLF001 - only the server calls it, when a file changes
        asyncio.run(reload)
        return self.logged[-1]

    def balances(self) -> dict[str, object]:
        accounts = read.accounts(self.sandbox.state).items()
        return {
            name: account.balance
            for (_, name), account in accounts
            if not name.endswith("-default")
        }


@pytest.fixture
def case(tmp_path: Path) -> ReloadCase:
    return ReloadCase(tmp_path / "mine.yaml")


def test_a_changed_file_takes_effect_in_the_running_sandbox(case: ReloadCase) -> None:
    state = case.sandbox.state
    seed, logged = state.configuration.seed, case.reload(SECOND)
    assert logged == f"scenario files reloaded: {count_scenarios(state.configuration)} scenarios"
    assert (state.configuration.scenarios.default, state.configuration.seed) == ("yours", seed)
    assert {name: name in state.configuration.scenarios.by_name for name in ("yours", "mine")} == {
        "yours": True,
        "mine": False,
    }
    click_to_call(state, headers={"authorization": "Bearer k-3"})
    assert read.leg_scenarios(state)["c1"].scenario.name == "yours"


def test_changed_accounts_take_effect_and_others_keep_their_patches(case: ReloadCase) -> None:
    state = case.sandbox.state
    for name in ("shop", "mill"):
        account = read.accounts(state)["mobtexting", name]
        state.accounts.replace(account.replace(balance=1))
    case.reload(SECOND)
    assert {name: str(balance) for name, balance in case.balances().items()} == {
        "shop": "7",
        "mill": "1",
        "farm": "None",
    }


def test_an_account_removed_from_the_file_stays_for_its_calls(case: ReloadCase) -> None:
    click_to_call(case.sandbox.state, headers={"authorization": "Bearer k-2"})
    case.reload("scenarios: {}")
    asyncio.run(case.sandbox.scheduler.advance(None))
    assert read.calls(case.sandbox.state)["c1"].ended_at is not None
    assert "mill" in case.balances()


def test_a_json_log_says_in_json_whether_files_were_reloaded(case: ReloadCase) -> None:
    case.settings = case.settings._replace(log_format="json")
    assert json.loads(case.reload(FIRST)) == {
        "type": "reload",
        "message": f"scenario files reloaded: {count_scenarios(case.sandboxes.initial_setup[0])} "
        "scenarios",
    }
    failed = json.loads(case.reload("scenarios: ["))
    assert failed["type"] == "reload-error"
    assert failed["message"].startswith("scenario files not reloaded:\n")


def test_an_active_call_keeps_its_scenario_after_a_reload(case: ReloadCase) -> None:
    state = case.sandbox.state
    click_to_call(state, headers={"authorization": "Bearer k-1"})
    case.reload(SECOND)
    asyncio.run(case.sandbox.scheduler.advance(None))
    assert (read.calls(state)["c1"].outcome, read.leg_scenarios(state)["c1"].scenario.name) == (
        "busy",
        "mine",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
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
def test_a_broken_file_keeps_the_last_valid_configuration_and_is_reported(
    case: ReloadCase, text: str, problem: str
) -> None:
    state = case.sandbox.state
    before, accounts = state.configuration, dict(read.accounts(state))
    first, second = case.reload(text).split("\n")[:2]
    assert first == "scenario files not reloaded:"
    assert second.startswith(problem.replace("{file}", str(case.file)))
    assert (state.configuration, read.accounts(state)) == (before, accounts)
    assert case.sandboxes.scenario_problems[0] == second
    assert case.reload(SECOND).startswith("scenario files reloaded: ")
    assert state.configuration.scenarios.default == "yours"
    assert case.sandboxes.scenario_problems == ()


def test_a_missing_file_keeps_the_last_valid_configuration_and_is_reported(
    case: ReloadCase,
) -> None:
    before = case.sandbox.state.configuration
    case.file.unlink()
    missing = f"scenario files not reloaded:\nscenarios: there is no file or directory {case.file}"
    assert case.reload() == missing
    assert case.sandbox.state.configuration is before


def test_a_reset_starts_from_the_last_loaded_configuration(case: ReloadCase) -> None:
    case.reload(SECOND)
    asyncio.run(case.sandbox.reset())
    assert {name: str(balance) for name, balance in case.balances().items()} == {
        "shop": "7",
        "mill": "None",
        "farm": "None",
    }


# --- in a server that watches --------------------------------------------------------------------


Files = Callable[[], Iterable[Path]]


def test_a_server_with_watch_reloads_changed_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[list[Path]] = []
    ended, reloaded = threading.Event(), threading.Event()

    async def watch(files: Files, on_change: Callable[[], Awaitable[None]]) -> None:
        watched.append(list(files()))
        file.unlink()
        watched.append(list(files()))
        file.write_text(SECOND, "utf-8")
        await on_change()
        reloaded.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr(lifespan, "watch_files", watch)
    file = tmp_path / "mine.yaml"
    file.write_text(FIRST, "utf-8")
    settings = Settings(port=0, scenarios=(str(file),), watch=True, clock="manual", quiet=True)
    with app.run_server(settings) as origin:
        assert reloaded.wait(10)
        assert fetch_json(f"{origin}/_mock/scenarios")["default"] == "yours"
    assert ended.wait(10)
    assert watched == [[file], []]


def test_a_server_without_watch_does_not_watch_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifespan, "watch_files", None)
    with app.run_server(Settings(port=0, quiet=True)) as origin:
        assert fetch_json(f"{origin}/_mock/health")["status"] == "ok"
