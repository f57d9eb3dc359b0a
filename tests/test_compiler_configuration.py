"""What a sandbox starts from: which files, which quirks, which webhooks, which problems."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from mockserver.compiler import (
    InvalidFiles,
    build_configuration,
    count_scenarios,
    example_number,
    scenario_files,
)
from mockserver.config.registry import load_providers
from mockserver.core.behavior import number_plan_behavior
from mockserver.settings import Settings, SettingsError
from tests.support.simulation import START

HERE = Settings(port=0, clock="manual", start=START, seed="s", quiet=True)
STORY = "scenarios: {NAME: {legs: {callee: busy}}}"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory, in which the server is started."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def loading(*paths: str) -> Settings:
    return HERE._replace(scenarios=paths)


def complaints(settings: Settings) -> list[str]:
    with pytest.raises(InvalidFiles) as caught:
        build_configuration(settings)
    return str(caught.value).split("\n")


def test_world_is_that_of_the_bundled_files() -> None:
    made = build_configuration(HERE._replace(webhook={"mobtexting": "http://a"}))
    assert (made.seed, list(made.providers)) == ("s", list(load_providers()))
    assert {"answered", "callee-busy", "no-answer"} <= made.scenarios.by_name.keys()
    assert all(story.bundled for story in made.scenarios.by_name.values())
    assert made.scenarios.default == "answered"
    assert ("mobtexting", "mobtexting-default") in made.accounts
    assert made.webhook_targets == {"mobtexting": "http://a"}


def test_world_draws_a_seed_unless_it_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda size: f"drawn-{size}")
    assert build_configuration(HERE._replace(seed="")).seed == "drawn-3"


# --- settings that only the whole can judge ------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"webhook": {"mobtext": "http://a"}}, "webhook: no provider is named 'mobtext': NEAR"),
        ({"webhook": {"qqqq": "http://a"}}, "webhook: no provider is named 'qqqq': KNOWN"),
        ({"quirk": (("mobtexing", "x"),)}, "quirk: no provider is named 'mobtexing': NEAR"),
        ({"quirk": (("qqqq", "x"),)}, "quirk: no provider is named 'qqqq': KNOWN"),
    ],
)
def test_world_refuses_what_is_said_of_nobody(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        build_configuration(HERE._replace(**changes))  # type: ignore[arg-type] # one of its fields
    hints = {"NEAR": "did you mean 'mobtexting'?", "KNOWN": f"known: {', '.join(load_providers())}"}
    for word, hint in hints.items():
        sentence = sentence.replace(word, hint)
    assert str(caught.value) == sentence


def test_a_quirk_is_that_of_every_account_of_its_provider(folder: Path) -> None:
    written(folder, {"mockserver.yaml": "accounts: {shop: {provider: mobtexting}}"})
    made = build_configuration(HERE._replace(quirk=(("mobtexting", "webhook-id"),)))
    told = {name: one.quirks for (_, name), one in made.accounts.items()}
    mine = dict.fromkeys(("mobtexting-default", "shop"), frozenset({"webhook-id"}))
    assert told == {**dict.fromkeys(told, frozenset()), **mine}


def test_a_quirk_is_added_to_those_of_the_file(folder: Path) -> None:
    text = "accounts: {shop: {provider: mobtexting, quirks: [webhook-id]}}"
    written(folder, {"mockserver.yaml": text})
    accounts = build_configuration(HERE).accounts
    assert accounts["mobtexting", "shop"].quirks == frozenset({"webhook-id"})
    assert accounts["mobtexting", "mobtexting-default"].quirks == frozenset()


def test_the_number_plan_can_be_switched_off() -> None:
    told = [
        build_configuration(HERE._replace(number_plan=on)).scenarios.number_plan
        for on in (True, False)
    ]
    assert told == [True, False]


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "named", "expected"),
    [
        ([], (), []),
        (["mockserver.yaml"], (), ["mockserver.yaml"]),
        (["mockserver.yml", "other.yaml"], (), []),
        (["mockserver.yaml", "a.yaml"], ("a.yaml",), ["a.yaml"]),
        (["b.yaml", "a.yaml"], ("b.yaml", "a.yaml"), ["b.yaml", "a.yaml"]),
        (["a.txt"], ("a.txt",), ["a.txt"]),
        (
            ["d/b.yaml", "d/a.yml", "d/c.json", "d/d.txt", "d/e.yaml/f.yaml"],
            ("d",),
            ["d/a.yml", "d/b.yaml", "d/c.json"],
        ),
        (["d/b.yaml", "a.yaml"], ("d", "a.yaml"), ["d/b.yaml", "a.yaml"]),
        (["d/d.txt"], ("d",), []),
    ],
)
def test_files(folder: Path, there: list[str], named: tuple[str, ...], expected: list[str]) -> None:
    written(folder, dict.fromkeys(there, ""))
    assert scenario_files(loading(*named)) == [Path(name) for name in expected]


def test_a_directory_is_not_the_usual_file(folder: Path) -> None:
    (folder / "mockserver.yaml").mkdir()
    assert scenario_files(HERE) == []


@pytest.mark.parametrize("name", ["gone.yaml", "gone/", "here/gone.yaml"])
def test_a_path_that_leads_nowhere(folder: Path, name: str) -> None:
    (folder / "here").mkdir()
    for look in (scenario_files, build_configuration):
        with pytest.raises(SettingsError) as caught:
            look(loading(name))
        assert str(caught.value) == f"scenarios: there is no file or directory {Path(name)}"


@pytest.mark.parametrize("name", ["a.yaml", "d"])
def test_a_path_that_may_not_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    written(folder, {"a.yaml": "", "d/b.yaml": ""})
    monkeypatch.setattr(Path, "read_bytes" if name == "a.yaml" else "iterdir", refuse)
    monkeypatch.setattr("mockserver.compiler._bundled_files", list)
    with pytest.raises(SettingsError) as caught:
        build_configuration(loading(name))
    assert str(caught.value) == f"scenarios: {name} cannot be read: Permission denied"


def test_files_stand_on_top_of_the_bundled_ones_and_of_one_another(folder: Path) -> None:
    texts = {
        "a.yaml": STORY.replace("NAME", "mine") + "\ndefault: mine",
        "b.yaml": "scenarios: {mine: {legs: {callee: rejected}}, answered: {legs: {a: busy}}}",
    }
    written(folder, texts)
    plain, made = build_configuration(HERE), build_configuration(loading("a.yaml", "b.yaml"))
    named = made.scenarios.by_name
    assert (made.scenarios.default, count_scenarios(made)) == ("mine", count_scenarios(plain) + 1)
    assert {name: named[name].location.rpartition(":")[0] for name in ("mine", "answered")} == {
        "mine": "b.yaml:1",
        "answered": "b.yaml:1",
    }


def test_counted_are_those_that_have_a_name(folder: Path) -> None:
    text = "scenarios: {mine: {attempts: [no-answer, {a: busy}]}}"
    written(folder, {"mockserver.yaml": text})
    assert (
        count_scenarios(build_configuration(HERE))
        == count_scenarios(build_configuration(loading_nothing(folder))) + 1
    )


def loading_nothing(folder: Path) -> Settings:
    written(folder, {"empty.yaml": ""})
    return loading("empty.yaml")


# --- problems ------------------------------------------------------------------------------------


def test_every_problem_of_every_file_at_once(folder: Path) -> None:
    texts = {
        "a.yaml": "scenarios:\n  one: {legs: {a: bussy}}\n  two: {lgs: {}}\n",
        "b.yaml": "default: nobody\n",
    }
    written(folder, texts)
    told = complaints(loading("a.yaml", "b.yaml"))
    places = [line.partition(": ")[0] for line in told]
    assert places == ["a.yaml:2:19", "a.yaml:3:9", "b.yaml:1:10"]
    assert "did you mean 'busy'?" in told[0]


def test_what_cannot_be_played_is_a_problem_where_it_stands(folder: Path) -> None:
    """The engine plays each story that has steps; its complaint has line and column."""
    text = (
        "scenarios:\n"
        "  fine: {steps: [{after: 1s, answer: a}]}\n"
        "  never:\n"
        "    needs: {provider: mobtexting}\n"
        "    steps:\n"
        "      - {after: 1s, answer: b}\n"
    )
    written(folder, {"mockserver.yaml": text})
    told = complaints(HERE)
    assert {line.split(": ")[0].rpartition(":")[0] for line in told} == {"mockserver.yaml:6"}
    assert any("answer" in line for line in told)


def test_bundled_stories_are_not_rehearsed_at_each_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.compiler.dry_run", None)
    assert count_scenarios(build_configuration(HERE)) > 0


# --- ready numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", [None, *load_providers()])
def test_dialled_is_a_number_of_the_plan_that_the_provider_accepts(provider: str | None) -> None:
    number = example_number("00020300", provider)
    assert number.endswith("00020300")
    assert number.removeprefix("+").isdecimal()
    how = number_plan_behavior(number)
    assert how is not None
    assert (how.ring.low, how.outcome) == (3_000, "busy")


def test_dialled_by_nobody() -> None:
    with pytest.raises(LookupError) as caught:
        example_number("00020300", "qqqq")
    assert caught.value.args == (
        f"no provider is named 'qqqq'; known: {', '.join(load_providers())}",
    )


def test_dialled_by_a_provider_that_dials_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    listing = load_providers()["mobtexting"]
    [dialling] = listing.provider.endpoints
    silent = dialling._replace(called_numbers=lambda _: ())
    provider = listing.provider._replace(endpoints=(silent,))
    known = {"mobtexting": listing._replace(provider=provider)}
    monkeypatch.setattr("mockserver.compiler.load_providers", lambda: known)
    with pytest.raises(LookupError, match="mobtexting dials no numbers"):
        example_number("00020300", "mobtexting")
