"""Scenarios that are uploaded on top of the files, in every spelling, and removed again."""

import json
from pathlib import Path

import pytest

from mockserver.compiler import InvalidFiles, ScenarioCompiler, build_configuration
from mockserver.core.configuration import Configuration
from mockserver.core.journal import RejectedEvent
from mockserver.core.scenario import Scenario
from mockserver.core.webhook import DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.settings import Settings
from tests.support import read
from tests.support.simulation import START, click_to_call, play_until_idle

BUSY_SPEC = {"legs": {"callee": {"ring": "3s", "then": "busy"}, "a": "answered"}}
BUSY_YAML = """\
legs:
  callee:
    ring: 3s
    then: busy
  a: answered
"""


@pytest.fixture
def compiler() -> ScenarioCompiler:
    return ScenarioCompiler(Settings())


def compile_uploads(
    compiler: ScenarioCompiler, base: Configuration, **uploads: str | bytes
) -> Configuration:
    """Return the configuration with these uploads; underscores in names stand for hyphens."""
    texts = {
        name.replace("_", "-"): text if isinstance(text, bytes) else text.encode()
        for name, text in uploads.items()
    }
    configuration, problems = compiler(base, texts)
    assert problems == ()
    assert configuration is not None
    return configuration


# --- spellings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (BUSY_YAML, "1:1"),
        (BUSY_YAML.replace("\n", "\r\n"), "1:1"),
        (BUSY_YAML.rstrip(), "1:1"),
        (f"\n\n# mine\n{BUSY_YAML}# the end", "4:1"),
        (f"---\n{BUSY_YAML}...\n", "2:1"),
        (f"\ufeff{BUSY_YAML}", "1:1"),
        ("  " + BUSY_YAML.replace("\n", "\n  "), "1:3"),
        ("{legs: {callee: {ring: 3s, then: busy}, a: answered}}", "1:1"),
        (" {legs: {callee:\n{ring: 3s,\nthen: busy}, a: answered}\n}", "1:2"),
        (json.dumps(BUSY_SPEC), "1:1"),
        (json.dumps(BUSY_SPEC, separators=(",", ":")), "1:1"),
        (json.dumps(BUSY_SPEC, indent=2), "1:1"),
        (json.dumps(BUSY_SPEC, indent="\t"), "1:1"),
        (f"\n{json.dumps(BUSY_SPEC, indent=4)}\n\n", "2:1"),
    ],
)
def test_an_uploaded_scenario_may_have_any_yaml_or_json_spelling(
    compiler: ScenarioCompiler, configuration: Configuration, text: str, place: str
) -> None:
    scenario = compile_uploads(compiler, configuration, mine=text).scenarios.by_name["mine"]
    expected = compile_uploads(compiler, configuration, mine=BUSY_YAML).scenarios.by_name["mine"]
    assert scenario == expected.replace(location=f"PUT mine:{place}")
    assert (scenario.legs["callee"].outcome, scenario.bundled) == ("busy", False)


def test_an_uploaded_scenario_equals_the_same_scenario_of_a_file(
    configuration: Configuration, tmp_path: Path, compiler: ScenarioCompiler
) -> None:
    indented = "".join(f"    {line}\n" for line in BUSY_YAML.splitlines())
    file = tmp_path / "mine.yaml"
    file.write_text(f"scenarios:\n  mine:\n{indented}")
    from_file = build_configuration(Settings(scenarios=(str(file),))).scenarios.by_name["mine"]
    uploaded = compile_uploads(compiler, configuration, mine=BUSY_YAML).scenarios.by_name["mine"]
    assert from_file.replace(location="") == uploaded.replace(location="")


def test_an_uploaded_scenario_may_have_json_surrogate_escapes(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    text = json.dumps({"legs": {"a": {"say": "\U0001f600"}}})
    scenario = compile_uploads(compiler, configuration, mine=text).scenarios.by_name["mine"]
    assert scenario.legs["a"].actions[0].data == {"words": "\U0001f600"}


def test_inner_scenarios_of_an_upload_have_locations(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    text = "attempts:\n  - busy\n  - {callee: busy}\n  -   callee: answered\n".replace(
        "- busy", "- callee-busy"
    )
    scenarios = compile_uploads(compiler, configuration, mine=text).scenarios.by_name
    locations = {
        name: scenario.location for name, scenario in scenarios.items() if name.startswith("mine")
    }
    assert locations == {
        "mine/attempts/2": "PUT mine:3:5",
        "mine/attempts/3": "PUT mine:4:7",
        "mine": "PUT mine:1:1",
    }


def test_a_rejected_step_of_an_upload_has_its_location(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    text = "steps:\n  - {ring: a}\n  - {answer: a}\n  - {after: 1s, ring: b}\n"
    state = SandboxState(compile_uploads(compiler, configuration, mine=text), START)
    click_to_call(state, "mine", to="flow:220")
    play_until_idle(state, lambda _: DeliveryResult(status=200))
    [rejected] = [
        entry.payload for entry in read.journal(state) if isinstance(entry.payload, RejectedEvent)
    ]
    assert (rejected.type, rejected.location) == ("ring", "PUT mine:4:5")


# --- uploaded, replaced, removed -----------------------------------------------------------------


def test_without_uploads_the_configuration_is_that_of_the_files(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    assert compiler(configuration, {}) == (configuration, ())


@pytest.mark.parametrize("name", ["callee-busy", "answered", "mine"])
def test_an_upload_replaces_a_scenario_and_its_removal_restores_it(
    compiler: ScenarioCompiler, configuration: Configuration, name: str
) -> None:
    changed = compile_uploads(compiler, configuration, **{name: BUSY_YAML})
    other_scenarios = {
        key: scenario for key, scenario in changed.scenarios.by_name.items() if key != name
    }
    assert other_scenarios == {
        key: scenario for key, scenario in configuration.scenarios.by_name.items() if key != name
    }
    assert changed.scenarios.by_name[name].location == f"PUT {name}:1:1"
    assert changed.scenarios.default == configuration.scenarios.default
    assert compiler(changed, {}) == (configuration, ())


def test_an_upload_replaces_a_scenario_of_the_user_s_file_and_its_removal_restores_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("scenarios:\n  mine: {legs: {callee: rejected}}\n")
    settings = Settings(scenarios=(str(file),), seed="s")
    start, compiler = build_configuration(settings), ScenarioCompiler(settings)
    changed = compile_uploads(compiler, start, mine=BUSY_YAML)
    assert changed.scenarios.by_name["mine"].legs["callee"].outcome == "busy"
    restored, _ = compiler(changed, {})
    assert restored is not None
    assert restored.scenarios == start.scenarios
    assert restored.scenarios.by_name["mine"].location == f"{file}:2:9"


def test_an_upload_may_use_another_upload(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    changed = compile_uploads(compiler, configuration, first="use: second", second=BUSY_YAML)
    state = SandboxState(changed, START)
    click_to_call(state, "first")
    play_until_idle(state)
    assert read.calls(state)["c1"].outcome == "busy"


def test_a_later_upload_may_choose_an_earlier_one(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    first = compile_uploads(compiler, configuration, second=BUSY_YAML)
    second = compile_uploads(
        compiler, first, second=BUSY_YAML, first="{choose: [{weight: 1, use: second}]}"
    )
    assert second.scenarios.by_name["first"].choose == ((1.0, "second"),)


# --- what stays ----------------------------------------------------------------------------------


def test_an_upload_changes_nothing_but_scenarios(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    base = configuration._replace(
        seed="another",
        webhook_targets={"mobtexting": "http://a"},
        accounts={},
        scenarios=configuration.scenarios._replace(number_plan=False),
    )
    changed = compile_uploads(compiler, base, mine=BUSY_YAML)
    assert changed._replace(scenarios=base.scenarios) == base
    assert changed.scenarios.number_plan is False


def test_a_rebuilt_configuration_has_the_new_base_and_the_present_seed(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    """A reload rebuilds it this way: a sandbox keeps its seed and its uploads."""
    base = configuration._replace(seed="new", webhook_targets={"mobtexting": "http://a"})
    rebuilt = compiler.build_configuration(configuration, {"mine": BUSY_YAML.encode()}, base)
    assert (rebuilt.seed, rebuilt.webhook_targets) == (configuration.seed, base.webhook_targets)
    assert "mine" in rebuilt.scenarios.by_name
    with pytest.raises(InvalidFiles, match=r"^PUT mine:1:6: "):
        compiler.build_configuration(configuration, {"mine": b"use: nobody"}, base)


def test_the_compiler_reads_its_files_again_only_when_it_adopts_sources(
    configuration: Configuration, tmp_path: Path
) -> None:
    def find_scenario() -> Scenario | None:
        compiled, _ = compiler(configuration, {})
        return compiled.scenarios.by_name.get("theirs") if compiled else None

    file = tmp_path / "theirs.yaml"
    file.write_text("scenarios: {}\n")
    compiler = ScenarioCompiler(Settings(scenarios=(str(tmp_path),)))
    file.write_text("scenarios:\n  theirs: {legs: {callee: busy}}\n")
    assert find_scenario() is None
    compiler.adopt_sources(ScenarioCompiler(Settings(scenarios=(str(tmp_path),))))
    scenario = find_scenario()
    assert scenario is not None
    assert scenario.location == f"{file}:2:11"
