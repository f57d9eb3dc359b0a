"""The scenario sample that the contract prints for the CCAI Platform."""

from pathlib import Path

import pytest
import yaml

from mockserver.compiler import build_configuration
from mockserver.config.loader import load_definitions
from mockserver.config.registry import load_providers
from mockserver.config.source_texts import SourceText
from mockserver.core.account import merge_patch
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.engine.dry_run import FINE, dry_run
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from mockserver.settings import parse_settings
from tests.support import read
from tests.support.simulation import START, only_providers, run_until
from tests.support.vendors.ccai import ACCOUNT_KEY, request

SAMPLE = (Path(__file__).parent / "contract_sample.yaml").read_text("utf-8")
HELD_AND_MOVED = "scenarios:\n" + SAMPLE[SAMPLE.index("  held-and-moved:") :]
AGENTS = {"agents": {"ann@acme.test": {"group": "Group 2"}, "bob@acme.test": {"group": "Group 3"}}}


@pytest.fixture
def configuration_with_sample(configuration: Configuration) -> Configuration:
    """Return the bundled configuration with the scenario and the two agents that it names."""
    ccai_only = only_providers(configuration, "ccai")
    account, problems = ccai_only.parse_account(
        ACCOUNT_KEY[1], "ccai", merge_patch(ccai_only.accounts[ACCOUNT_KEY].document, AGENTS)
    )
    assert problems == ()
    assert account is not None
    scenario = load_definitions(
        [SourceText(file="mine.yaml", text=HELD_AND_MOVED.encode())], load_providers()
    ).scenarios.by_name["held-and-moved"]
    scenarios = ccai_only.scenarios._replace(
        by_name={**ccai_only.scenarios.by_name, scenario.name: scenario}
    )
    return ccai_only._replace(accounts={ACCOUNT_KEY: account}, scenarios=scenarios)


def test_held_and_moved_passes_the_dry_run(configuration_with_sample: Configuration) -> None:
    assert (
        dry_run(
            configuration_with_sample, configuration_with_sample.scenarios.by_name["held-and-moved"]
        )
        == FINE
    )
    assert (
        yaml.safe_load(HELD_AND_MOVED)["scenarios"]["held-and-moved"]["needs"]["provider"] == "ccai"
    )


def test_held_and_moved_plays_its_events_at_their_times(
    configuration_with_sample: Configuration,
) -> None:
    state = SandboxState(configuration_with_sample, START)
    request(state, "create-inbound", "held-and-moved")
    run_until(state, START + 600_000)
    assert [wait_reason.reason for wait_reason in read.wait_reasons(state)["c1"]] == ["control"]
    apply_event(state, "c1", Event(at=START + 600_000, type="continue", source="control"))
    run_until(state, START + 700_000)
    events = [
        ((event.at - START) // 1_000, event.type, event.data.get("agent", ""))
        for event in read.calls(state)["c1"].events
        if event.type in ("offer", "hold", "resume", "transfer", "leave", "ended")
    ]
    assert events == [
        (90, "offer", "ann@acme.test"),
        (120, "offer", "bob@acme.test"),
        (154, "hold", ""),
        (174, "resume", ""),
        (184, "transfer", ""),
        (184, "leave", ""),
        (184, "offer", "ann@acme.test"),
        (605, "ended", ""),
    ]


def test_the_whole_sample_of_the_contract_loads_and_plays(tmp_path: Path) -> None:
    """The sample has accounts of three vendors; the bundled accounts stay."""
    (tmp_path / "sample.yaml").write_text(SAMPLE, "utf-8")
    configuration = build_configuration(
        parse_settings({"scenarios": (str(tmp_path / "sample.yaml"),), "seed": "s"}, {})
    )
    state = SandboxState(configuration, START)
    acme = read.accounts(state)["ccai", "acme"]
    configuration_with_sample = {
        kind: len(records) for kind, records in acme.records.items() if records
    }
    assert configuration_with_sample == {"agents": 2, "contacts": 500, "tickets": 300}
    request(state, "create-inbound", "held-and-moved")
    run_until(state, START + 600_000)
    assert [wait_reason.reason for wait_reason in read.wait_reasons(state)["c1"]] == ["control"]
    assert read.calls(state)["c1"].spec.account == "acme"
