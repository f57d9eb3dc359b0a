"""The configuration that a sandbox starts from: files, quirks, webhook targets, problems."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from mockserver.compiler import (
    InvalidFiles,
    ScenarioCompiler,
    build_configuration,
    count_scenarios,
    example_number,
    scenario_files,
)
from mockserver.config.registry import load_providers
from mockserver.core.number_plan import number_plan_behavior
from mockserver.core.provider import no_calls
from mockserver.settings import Settings, SettingsError
from tests.support.simulation import START

SETTINGS = Settings(port=0, clock="manual", start=START, seed="s", quiet=True)
SCENARIO = "scenarios: {NAME: {legs: {callee: busy}}}"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_files(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def settings_with_files(*paths: str) -> Settings:
    return SETTINGS._replace(scenarios=paths)


def problem_lines(settings: Settings) -> list[str]:
    with pytest.raises(InvalidFiles) as error:
        build_configuration(settings)
    return str(error.value).split("\n")


def test_the_configuration_is_that_of_the_bundled_files() -> None:
    configuration = build_configuration(SETTINGS._replace(webhook={"mobtexting": "http://a"}))
    assert (configuration.seed, list(configuration.providers)) == ("s", list(load_providers()))
    assert {"answered", "callee-busy", "no-answer"} <= configuration.scenarios.by_name.keys()
    assert all(scenario.bundled for scenario in configuration.scenarios.by_name.values())
    assert configuration.scenarios.default == "answered"
    assert ("mobtexting", "mobtexting-default") in configuration.accounts
    assert configuration.webhook_targets == {"mobtexting": "http://a"}


def test_the_configuration_draws_a_seed_unless_the_settings_have_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda size: f"drawn-{size}")
    assert build_configuration(SETTINGS._replace(seed="")).seed == "drawn-3"


# --- settings that depend on the configuration ---------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"webhook": {"mobtext": "http://a"}}, "webhook: no provider is named 'mobtext': NEAR"),
        ({"webhook": {"qqqq": "http://a"}}, "webhook: no provider is named 'qqqq': KNOWN"),
        ({"quirk": (("mobtexing", "x"),)}, "quirk: no provider is named 'mobtexing': NEAR"),
        ({"quirk": (("qqqq", "x"),)}, "quirk: no provider is named 'qqqq': KNOWN"),
        (
            {"quirk": (("effebot", "wrap"),)},
            "quirk: effebot has no quirk 'wrap': did you mean 'wrapped'?",
        ),
        (
            {"quirk": (("phonon", "zzz"),)},
            (
                "quirk: phonon has no quirk 'zzz': known: status-as-code, report-2020, "
                "client-identifier"
            ),
        ),
        (
            {"webhook": {"mobtexting": "http://u:secret@[zz]/"}},
            "webhook of mobtexting: no webhook can go there: the URL cannot be read",
        ),
        (
            {"webhook": {"phonon": "http://8.8.8.8/"}},
            (
                "webhook of phonon: no webhook can go there: "
                "8.8.8.8 (public) is not among the --webhook-targets"
            ),
        ),
        ({"quirk": (("innocalls", "zzz"),)}, "quirk: innocalls has no quirk 'zzz': known: none"),
    ],
)
def test_settings_of_an_unknown_provider_or_quirk_or_useless_url_are_refused(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(SettingsError) as error:
        build_configuration(SETTINGS._replace(**changes))  # type: ignore[arg-type] # one of its fields
    hints = {"NEAR": "did you mean 'mobtexting'?", "KNOWN": f"known: {', '.join(load_providers())}"}
    for word, hint in hints.items():
        message = message.replace(word, hint)
    assert str(error.value) == message


def test_a_quirk_of_the_settings_holds_for_every_account_of_its_provider(folder: Path) -> None:
    write_files(folder, {"mockserver.yaml": "accounts: {shop: {provider: mobtexting}}"})
    configuration = build_configuration(SETTINGS._replace(quirk=(("mobtexting", "webhook-id"),)))
    quirks = {name: account.quirks for (_, name), account in configuration.accounts.items()}
    with_quirk = dict.fromkeys(("mobtexting-default", "shop"), frozenset({"webhook-id"}))
    assert quirks == {**dict.fromkeys(quirks, frozenset()), **with_quirk}


def test_a_quirk_of_a_file_holds_for_its_account_only(folder: Path) -> None:
    text = "accounts: {shop: {provider: mobtexting, quirks: [webhook-id]}}"
    write_files(folder, {"mockserver.yaml": text})
    accounts = build_configuration(SETTINGS).accounts
    assert accounts["mobtexting", "shop"].quirks == frozenset({"webhook-id"})
    assert accounts["mobtexting", "mobtexting-default"].quirks == frozenset()


def test_the_number_plan_can_be_switched_off() -> None:
    number_plans = [
        build_configuration(SETTINGS._replace(number_plan=number_plan)).scenarios.number_plan
        for number_plan in (True, False)
    ]
    assert number_plans == [True, False]


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("present", "paths", "expected"),
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
def test_scenario_files_are_the_named_ones_or_the_default_file(
    folder: Path, present: list[str], paths: tuple[str, ...], expected: list[str]
) -> None:
    write_files(folder, dict.fromkeys(present, ""))
    assert scenario_files(settings_with_files(*paths)) == [Path(name) for name in expected]


def test_a_directory_with_the_name_of_the_default_file_is_ignored(folder: Path) -> None:
    (folder / "mockserver.yaml").mkdir()
    assert scenario_files(SETTINGS) == []


def test_the_webhook_targets_decide_on_the_urls_of_settings_and_files(folder: Path) -> None:
    url = "http://8.8.8.8/"
    text = f"accounts: {{x: {{provider: mobtexting, webhooks: {{any: '{url}'}}}}}}"
    write_files(folder, {"mockserver.yaml": text})
    with pytest.raises(InvalidFiles) as error:
        build_configuration(SETTINGS)
    reason = "8.8.8.8 (public) is not among the --webhook-targets"
    assert f"no webhook can go there: {reason}" in str(error.value)
    allowed = SETTINGS._replace(webhook={"phonon": url}, webhook_targets=("public",))
    configuration = build_configuration(allowed)
    assert configuration.webhook_targets == {"phonon": url}
    document = {"webhooks": {"any": url}}
    assert configuration.parse_account("x", "mobtexting", document)[1] == ()
    update, problems = ScenarioCompiler(allowed)(configuration, {"mine": b"legs: {a: busy}"})
    assert (update is not None, problems) == (True, ())


@pytest.mark.parametrize("name", ["gone.yaml", "gone/", "here/gone.yaml"])
def test_a_missing_path_is_refused(folder: Path, name: str) -> None:
    (folder / "here").mkdir()
    for load in (scenario_files, build_configuration):
        with pytest.raises(SettingsError) as error:
            load(settings_with_files(name))
        assert str(error.value) == f"scenarios: there is no file or directory {Path(name)}"


@pytest.mark.parametrize("name", ["a.yaml", "d"])
def test_an_unreadable_path_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    write_files(folder, {"a.yaml": "", "d/b.yaml": ""})
    monkeypatch.setattr(Path, "read_bytes" if name == "a.yaml" else "iterdir", refuse)
    monkeypatch.setattr("mockserver.compiler.bundled_folder", lambda _: folder / "none")
    with pytest.raises(SettingsError) as error:
        build_configuration(settings_with_files(name))
    assert str(error.value) == f"scenarios: {name} cannot be read: Permission denied"


def test_the_files_of_the_user_override_the_bundled_scenarios(folder: Path) -> None:
    texts = {
        "a.yaml": SCENARIO.replace("NAME", "mine") + "\ndefault: mine",
        "b.yaml": "scenarios: {answered: {legs: {a: busy}}}",
    }
    write_files(folder, texts)
    bundled, configuration = (
        build_configuration(SETTINGS),
        build_configuration(settings_with_files("a.yaml", "b.yaml")),
    )
    scenarios = configuration.scenarios.by_name
    assert (configuration.scenarios.default, count_scenarios(configuration)) == (
        "mine",
        count_scenarios(bundled) + 1,
    )
    assert {name: scenarios[name].location.rpartition(":")[0] for name in ("mine", "answered")} == {
        "mine": "a.yaml:1",
        "answered": "b.yaml:1",
    }


def test_only_named_scenarios_are_counted(folder: Path) -> None:
    text = "scenarios: {mine: {attempts: [no-answer, {a: busy}]}}"
    write_files(folder, {"mockserver.yaml": text})
    assert (
        count_scenarios(build_configuration(SETTINGS))
        == count_scenarios(build_configuration(settings_with_an_empty_file(folder))) + 1
    )


def settings_with_an_empty_file(folder: Path) -> Settings:
    write_files(folder, {"empty.yaml": ""})
    return settings_with_files("empty.yaml")


# --- problems ------------------------------------------------------------------------------------


def test_all_problems_of_all_files_are_reported_at_once(folder: Path) -> None:
    texts = {
        "a.yaml": "scenarios:\n  one: {legs: {a: bussy}}\n  two: {lgs: {}}\n",
        "b.yaml": "default: nobody\n",
    }
    write_files(folder, texts)
    problems = problem_lines(settings_with_files("a.yaml", "b.yaml"))
    places = [line.partition(": ")[0] for line in problems]
    assert places == ["a.yaml:2:19", "a.yaml:3:9", "b.yaml:1:10"]
    assert "did you mean 'busy'?" in problems[0]


def test_a_scenario_that_fails_its_dry_run_is_a_problem_at_its_step(folder: Path) -> None:
    """The engine plays each scenario that has steps; its problem has line and column."""
    text = (
        "scenarios:\n"
        "  fine: {steps: [{after: 1s, answer: a}]}\n"
        "  never:\n"
        "    needs: {provider: mobtexting}\n"
        "    steps:\n"
        "      - {after: 1s, answer: b}\n"
    )
    write_files(folder, {"mockserver.yaml": text})
    problems = problem_lines(SETTINGS)
    assert {problem.split(": ")[0].rpartition(":")[0] for problem in problems} == {
        "mockserver.yaml:6"
    }
    assert any("answer" in problem for problem in problems)


def test_bundled_scenarios_have_no_dry_run_at_each_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.engine.dry_run.play_request", None)
    assert count_scenarios(build_configuration(SETTINGS)) > 0


# --- example numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize("provider", [None, *load_providers()])
def test_an_example_number_is_a_test_number_that_the_provider_accepts(provider: str | None) -> None:
    number = example_number("00020300", provider)
    assert number.endswith("00020300")
    assert number.removeprefix("+").isdecimal()
    behavior = number_plan_behavior(number)
    assert behavior is not None
    assert (behavior.ring.low, behavior.outcome) == (3_000, "busy")


def test_an_example_number_needs_a_known_provider() -> None:
    with pytest.raises(LookupError) as error:
        example_number("00020300", "qqqq")
    assert error.value.args == (
        f"no provider is named 'qqqq'; known: {', '.join(load_providers())}",
    )


def test_an_example_number_needs_a_provider_that_dials_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bound = load_providers()["mobtexting"]
    endpoint, *_ = bound.provider.endpoints
    without_numbers = endpoint._replace(planned_calls=no_calls)
    provider = bound.provider._replace(endpoints=(without_numbers,))
    providers = {"mobtexting": bound._replace(provider=provider)}
    monkeypatch.setattr("mockserver.config.example_number.load_providers", lambda: providers)
    with pytest.raises(LookupError, match="mobtexting dials no numbers"):
        example_number("00020300", "mobtexting")
