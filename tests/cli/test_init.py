"""`mockserver init` writes an initial configuration once, and it does what its comments say."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import group
from mockserver.compiler import load_scenario_schema
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site_client import SiteClient, build_site_client, configuration_with_scenarios

SCHEMA = "scenario.schema.json"
HEADERS = {"authorization": "Bearer my-token", "accept": "application/json"}


def run_command(*arguments: str) -> Result:
    return CliRunner().invoke(group, list(arguments))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "target_folder"), [((), "."), ((".",), "."), (("new/deep",), "new/deep")]
)
def test_init_writes_the_configuration_and_its_schema(
    folder: Path, arguments: tuple[str, ...], target_folder: str
) -> None:
    result = run_command("init", *arguments)
    target, schema_path = Path(target_folder) / "mockserver.yaml", Path(target_folder) / SCHEMA
    expected = f"wrote {target} and {schema_path}; check it by: mockserver check {target}\n"
    assert (result.exit_code, result.stdout, result.stderr) == (0, expected, "")
    assert sorted(path.name for path in (folder / target_folder).iterdir()) == [
        "mockserver.yaml",
        SCHEMA,
    ]
    assert json.loads(schema_path.read_text("utf-8")) == load_scenario_schema()
    first = target.read_text("utf-8").partition("\n")[0]
    assert first == f"# yaml-language-server: $schema=./{SCHEMA}"


@pytest.mark.parametrize("name", ["mockserver.yaml", SCHEMA])
def test_init_overwrites_no_file(folder: Path, name: str) -> None:
    (folder / name).write_text("mine", "utf-8")
    result = run_command("init")
    expected = f"{name} already exists, and was not changed\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", expected)
    assert [path.read_text("utf-8") for path in folder.iterdir()] == ["mine"]


def test_a_second_init_is_refused(folder: Path) -> None:
    assert [run_command("init").exit_code for _ in range(2)] == [0, 2]
    assert len(list(folder.iterdir())) == 2


def test_init_names_a_folder_that_cannot_be_written(folder: Path) -> None:
    (folder / "file").write_text("", "utf-8")
    result = run_command("init", "file/new")
    expected = "file/new cannot be written to: Not a directory\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", expected)


def test_init_refuses_a_file_as_its_folder(folder: Path) -> None:
    (folder / "file").write_text("", "utf-8")
    assert run_command("init", "file").exit_code == 2


def test_the_files_of_init_pass_check(folder: Path) -> None:
    run_command("init")
    result = run_command("check")
    assert (result.exit_code, result.stdout.partition(";")[0]) == (0, "mockserver.yaml: fine")
    assert (folder / SCHEMA).is_file()


# --- what the comments of the file promise -------------------------------------------------------


@pytest.fixture
def site(folder: Path) -> SiteClient:
    run_command("init")
    return build_site_client(
        configuration_with_scenarios(folder, (folder / "mockserver.yaml").read_text("utf-8"))
    )


def place_call(site: SiteClient, *scenarios: str, **fields: object) -> int:
    headers = HEADERS | ({"x-mock-scenario": ", ".join(scenarios)} if scenarios else {})
    return site.request(
        "POST", CLICK_TO_CALL_PATH, json={**CLICK_TO_CALL, **fields}, headers=headers
    ).status_code


def test_the_account_of_the_initial_file_places_calls(site: SiteClient) -> None:
    assert place_call(site) == 200
    assert site.get_json("/_mock/calls/c1")["account"] == "shop"


def test_the_default_scenario_of_the_initial_file_is_an_answered_call(site: SiteClient) -> None:
    place_call(site)
    site.advance()
    assert site.get_json("/_mock/calls/c1")["outcome"] == "completed"


def test_customer_busy_of_the_initial_file_is_chosen_by_header(site: SiteClient) -> None:
    place_call(site, "customer-busy")
    site.advance()
    call = site.get_json("/_mock/calls/c1")
    assert (call["outcome"], call["scenarios"]) == ("busy", ["customer-busy"])


def test_the_sleepy_customer_of_the_initial_file_is_chosen_by_its_match_rule(
    site: SiteClient,
) -> None:
    place_call(site, to="918867130402")
    site.advance()
    call = site.get_json("/_mock/calls/c1")
    assert [attempt["outcome"] for attempt in call["attempts"]] == ["no-answer", "completed"]


def test_the_initial_file_refuses_a_matching_request_once(site: SiteClient) -> None:
    assert [place_call(site, mid="chaos-1") for _ in range(3)] == [503, 200, 200]
    assert place_call(site, mid="calm") == 200


def test_doubled_and_late_of_the_initial_file_sends_two_late_webhooks(site: SiteClient) -> None:
    place_call(site, "doubled-and-late")
    site.advance()
    ended = site.get_json("/_mock/calls/c1")["ended_at"]
    times = [
        webhook["attempts"][0]["at"] for webhook in site.get_json("/_mock/webhooks")["webhooks"]
    ]
    assert (ended, times) == ("2026-01-01T09:00:10.000Z", ["2026-01-01T09:00:20.000Z"] * 2)
