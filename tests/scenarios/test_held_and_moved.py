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
from tests.support import read
from tests.support.simulation import START, only_providers, run_until
from tests.support.vendors.ccai import ACCOUNT_KEY, request

PRINTED = (Path(__file__).parent / "contract_sample.yaml").read_text("utf-8")
TOLD = "scenarios:\n" + PRINTED[PRINTED.index("  held-and-moved:") :]
PEOPLE = {"agents": {"ann@acme.test": {"group": "Group 2"}, "bob@acme.test": {"group": "Group 3"}}}


@pytest.fixture
def made(configuration: Configuration) -> Configuration:
    """The bundled world with the story, and the two agents whom it names."""
    lone = only_providers(configuration, "ccai")
    account, flaws = lone.parse_account(
        ACCOUNT_KEY[1], "ccai", merge_patch(lone.accounts[ACCOUNT_KEY].document, PEOPLE)
    )
    assert flaws == ()
    assert account is not None
    story = load_definitions(
        [SourceText(file="mine.yaml", text=TOLD.encode())], load_providers()
    ).scenarios.by_name["held-and-moved"]
    stories = lone.scenarios._replace(by_name={**lone.scenarios.by_name, story.name: story})
    return lone._replace(accounts={ACCOUNT_KEY: account}, scenarios=stories)


def test_it_rehearses(made: Configuration) -> None:
    assert dry_run(made, made.scenarios.by_name["held-and-moved"]) == ()
    assert yaml.safe_load(TOLD)["scenarios"]["held-and-moved"]["needs"]["provider"] == "ccai"


def test_it_plays_to_the_second(made: Configuration) -> None:
    state = SandboxState(made, START)
    request(state, "create-inbound", "held-and-moved")
    run_until(state, START + 600_000)
    assert [one.reason for one in read.wait_reasons(state)["c1"]] == ["control"]
    apply_event(state, "c1", Event(at=START + 600_000, type="continue", source="control"))
    run_until(state, START + 700_000)
    lived = [
        ((event.at - START) // 1_000, event.type, event.data.get("agent", ""))
        for event in read.calls(state)["c1"].events
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
    state = SandboxState(told, START)
    acme = read.accounts(state)["ccai", "acme"]
    made = {kind: len(records) for kind, records in acme.records.items() if records}
    assert made == {"agents": 2, "contacts": 500, "tickets": 300}
    request(state, "create-inbound", "held-and-moved")
    run_until(state, START + 600_000)
    assert [one.reason for one in read.wait_reasons(state)["c1"]] == ["control"]
    assert read.calls(state)["c1"].spec.account == "acme"
