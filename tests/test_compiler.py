"""Scenarios that are put on top of the files, in every spelling, and taken away again."""

import json
from pathlib import Path

import pytest

from mockserver.compiler import InvalidFiles, ScenarioCompiler
from mockserver.compiler import build_configuration as made
from mockserver.core.configuration import Configuration
from mockserver.core.journal import RejectedEvent
from mockserver.core.scenario import Scenario
from mockserver.core.webhook import DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.settings import Settings
from tests.support import read
from tests.support.simulation import START, click_to_call, play_until_idle

BUSY = {"legs": {"callee": {"ring": "3s", "then": "busy"}, "a": "answered"}}
BLOCK = """\
legs:
  callee:
    ring: 3s
    then: busy
  a: answered
"""


@pytest.fixture
def compiler() -> ScenarioCompiler:
    return ScenarioCompiler(Settings())


def compiled(compiler: ScenarioCompiler, now: Configuration, **put: str | bytes) -> Configuration:
    """The world with these; underscores stand for hyphens."""
    texts = {
        name.replace("_", "-"): text if isinstance(text, bytes) else text.encode()
        for name, text in put.items()
    }
    found, problems = compiler(now, texts)
    assert problems == ()
    assert found is not None
    return found


# --- spellings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (BLOCK, "1:1"),
        (BLOCK.replace("\n", "\r\n"), "1:1"),
        (BLOCK.rstrip(), "1:1"),
        (f"\n\n# mine\n{BLOCK}# the end", "4:1"),
        (f"---\n{BLOCK}...\n", "2:1"),
        (f"\ufeff{BLOCK}", "1:1"),
        ("  " + BLOCK.replace("\n", "\n  "), "1:3"),
        ("{legs: {callee: {ring: 3s, then: busy}, a: answered}}", "1:1"),
        (" {legs: {callee:\n{ring: 3s,\nthen: busy}, a: answered}\n}", "1:2"),
        (json.dumps(BUSY), "1:1"),
        (json.dumps(BUSY, separators=(",", ":")), "1:1"),
        (json.dumps(BUSY, indent=2), "1:1"),
        (json.dumps(BUSY, indent="\t"), "1:1"),
        (f"\n{json.dumps(BUSY, indent=4)}\n\n", "2:1"),
    ],
)
def test_put_in_any_spelling(
    compiler: ScenarioCompiler, configuration: Configuration, text: str, place: str
) -> None:
    mine = compiled(compiler, configuration, mine=text).scenarios.by_name["mine"]
    wanted = compiled(compiler, configuration, mine=BLOCK).scenarios.by_name["mine"]
    assert mine == wanted._replace(location=f"PUT mine:{place}")
    assert (mine.legs["callee"].outcome, mine.bundled) == ("busy", False)


def test_put_is_as_good_as_a_file(
    configuration: Configuration, tmp_path: Path, compiler: ScenarioCompiler
) -> None:
    indented = "".join(f"    {line}\n" for line in BLOCK.splitlines())
    file = tmp_path / "mine.yaml"
    file.write_text(f"scenarios:\n  mine:\n{indented}")
    told = made(Settings(scenarios=(str(file),))).scenarios.by_name["mine"]
    mine = compiled(compiler, configuration, mine=BLOCK).scenarios.by_name["mine"]
    assert told._replace(location="") == mine._replace(location="")


def test_put_in_json_that_escapes_what_is_not_ascii(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    text = json.dumps({"legs": {"a": {"say": "\U0001f600"}}})
    mine = compiled(compiler, configuration, mine=text).scenarios.by_name["mine"]
    assert mine.legs["a"].actions[0].data == {"words": "\U0001f600"}


def test_put_inner_stories_have_their_places_too(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    text = "attempts:\n  - busy\n  - {callee: busy}\n  -   callee: answered\n".replace(
        "- busy", "- callee-busy"
    )
    named = compiled(compiler, configuration, mine=text).scenarios.by_name
    told = {name: story.location for name, story in named.items() if name.startswith("mine")}
    assert told == {
        "mine/attempts/2": "PUT mine:3:5",
        "mine/attempts/3": "PUT mine:4:7",
        "mine": "PUT mine:1:1",
    }


def test_put_steps_tell_their_place_when_they_are_moot(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    text = "steps:\n  - {ring: a}\n  - {answer: a}\n  - {after: 1s, ring: b}\n"
    state = SandboxState(compiled(compiler, configuration, mine=text), START)
    click_to_call(state, "mine", to="flow:220")
    play_until_idle(state, lambda _: DeliveryResult(status=200))
    [moot] = [
        fact.payload for fact in read.journal(state) if isinstance(fact.payload, RejectedEvent)
    ]
    assert (moot.type, moot.location) == ("ring", "PUT mine:4:5")


# --- put, replaced, deleted ----------------------------------------------------------------------


def test_nothing_put_is_the_world_of_the_files(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    assert compiler(configuration, {}) == (configuration, ())


@pytest.mark.parametrize("name", ["callee-busy", "answered", "mine"])
def test_put_replaces_and_delete_brings_back(
    compiler: ScenarioCompiler, configuration: Configuration, name: str
) -> None:
    changed = compiled(compiler, configuration, **{name: BLOCK})
    others = {key: story for key, story in changed.scenarios.by_name.items() if key != name}
    assert others == {
        key: one for key, one in configuration.scenarios.by_name.items() if key != name
    }
    assert changed.scenarios.by_name[name].location == f"PUT {name}:1:1"
    assert changed.scenarios.default == configuration.scenarios.default
    assert compiler(changed, {}) == (configuration, ())


def test_put_over_a_story_of_the_user_and_back(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("scenarios:\n  mine: {legs: {callee: rejected}}\n")
    settings = Settings(scenarios=(str(file),), seed="s")
    start, compiler = made(settings), ScenarioCompiler(settings)
    changed = compiled(compiler, start, mine=BLOCK)
    assert changed.scenarios.by_name["mine"].legs["callee"].outcome == "busy"
    back, _ = compiler(changed, {})
    assert back is not None
    assert back.scenarios == start.scenarios
    assert back.scenarios.by_name["mine"].location == f"{file}:2:9"


def test_put_that_leads_to_another_one_that_was_put(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    both = compiled(compiler, configuration, first="play: second", second=BLOCK)
    state = SandboxState(both, START)
    click_to_call(state, "first")
    play_until_idle(state)
    assert read.calls(state)["c1"].outcome == "busy"


def test_put_in_a_later_round_leads_to_an_earlier_one(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    one = compiled(compiler, configuration, second=BLOCK)
    two = compiled(compiler, one, second=BLOCK, first="{choose: [{weight: 1, play: second}]}")
    assert two.scenarios.by_name["first"].choose == ((1.0, "second"),)


# --- what stays ----------------------------------------------------------------------------------


def test_put_changes_stories_alone(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    now = configuration._replace(
        seed="another",
        webhook_targets={"mobtexting": "http://a"},
        accounts={},
        scenarios=configuration.scenarios._replace(number_plan=False),
    )
    changed = compiled(compiler, now, mine=BLOCK)
    assert changed._replace(scenarios=now.scenarios) == now
    assert changed.scenarios.number_plan is False


def test_world_has_the_base_and_the_seed_of_now(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    """As a reload makes it: a sandbox keeps its seed, and what was put into it."""
    base = configuration._replace(seed="new", webhook_targets={"mobtexting": "http://a"})
    again = compiler.build_configuration(configuration, {"mine": BLOCK.encode()}, base)
    assert (again.seed, again.webhook_targets) == (configuration.seed, base.webhook_targets)
    assert "mine" in again.scenarios.by_name
    with pytest.raises(InvalidFiles, match=r"^PUT mine:1:7: "):
        compiler.build_configuration(configuration, {"mine": b"play: nobody"}, base)


def test_files_are_read_again_only_when_told(configuration: Configuration, tmp_path: Path) -> None:
    def known() -> Scenario | None:
        found, _ = compiler(configuration, {})
        return found.scenarios.by_name.get("theirs") if found else None

    file = tmp_path / "theirs.yaml"
    file.write_text("scenarios: {}\n")
    compiler = ScenarioCompiler(Settings(scenarios=(str(tmp_path),)))
    file.write_text("scenarios:\n  theirs: {legs: {callee: busy}}\n")
    assert known() is None
    compiler.adopt_sources(ScenarioCompiler(Settings(scenarios=(str(tmp_path),))))
    story = known()
    assert story is not None
    assert story.location == f"{file}:2:11"
