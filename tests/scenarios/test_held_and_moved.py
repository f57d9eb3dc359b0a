"""The choreography of the contract on the CCAI Platform, as printed there."""

from pathlib import Path

import pytest
import yaml

from mockserver.compiler import build_configuration as made_of
from mockserver.config.loader import SourceText, load_definitions
from mockserver.config.registry import load_providers
from mockserver.core.account import merge_patch
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.engine.dry_run import dry_run
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from mockserver.settings import parse_settings
from tests.conftest import START, only, until_at
from tests.providers.ccai.conftest import KEY, ask

PRINTED = (Path(__file__).parent / "contract_sample.yaml").read_text("utf-8")
TOLD = "scenarios:\n" + PRINTED[PRINTED.index("  held-and-moved:") :]
PEOPLE = {"agents": {"ann@acme.test": {"group": "Group 2"}, "bob@acme.test": {"group": "Group 3"}}}


@pytest.fixture
def made(world: Configuration) -> Configuration:
    """The bundled world with the story, and the two agents whom it names."""
    lone = only(world, "ccai")
    account, flaws = lone.parse_account(
        KEY[1], "ccai", merge_patch(lone.accounts[KEY].document, PEOPLE)
    )
    assert flaws == ()
    assert account is not None
    story = load_definitions(
        [SourceText("mine.yaml", TOLD.encode())], load_providers()
    ).scenarios.by_name["held-and-moved"]
    stories = lone.scenarios._replace(by_name={**lone.scenarios.by_name, story.name: story})
    return lone._replace(accounts={KEY: account}, scenarios=stories)


def test_it_rehearses(made: Configuration) -> None:
    assert dry_run(made, made.scenarios.by_name["held-and-moved"]) == ()
    assert yaml.safe_load(TOLD)["scenarios"]["held-and-moved"]["needs"]["provider"] == "ccai"


def test_it_plays_to_the_second(made: Configuration) -> None:
    store = SandboxState(made, START)
    ask(store, "create-inbound", "held-and-moved")
    until_at(store, START + 600_000)
    assert [one.reason for one in store.wait_reasons["c1"]] == ["control"]
    apply_event(store, "c1", Event(START + 600_000, "continue", source="control"))
    until_at(store, START + 700_000)
    lived = [
        ((event.at - START) // 1_000, event.type, event.data.get("agent", ""))
        for event in store.calls["c1"].events
        if event.type in ("offer", "hold", "resume", "transfer", "leave", "ended")
    ]
    assert lived == [
        (90, "offer", "ann@acme.test"),
        (115, "offer", "bob@acme.test"),
        (147, "hold", ""),
        (167, "resume", ""),
        (177, "transfer", ""),
        (177, "leave", ""),
        (177, "offer", "ann@acme.test"),
        (605, "ended", ""),
    ]


def test_whole_sample_loads_and_rehearses(tmp_path: Path) -> None:
    """As printed, with the accounts of three vendors; the bundled people stay beside them."""
    (tmp_path / "sample.yaml").write_text(PRINTED, "utf-8")
    told = made_of(parse_settings({"scenarios": (str(tmp_path / "sample.yaml"),), "seed": "s"}, {}))
    store = SandboxState(told, START)
    acme = store.accounts["ccai", "acme"]
    made = {kind: len(records) for kind, records in acme.records.items() if records}
    assert made == {"agents": 2, "contacts": 500, "tickets": 300}
    ask(store, "create-inbound", "held-and-moved")
    until_at(store, START + 600_000)
    assert [one.reason for one in store.wait_reasons["c1"]] == ["control"]
    assert store.calls["c1"].spec.account == "acme"
