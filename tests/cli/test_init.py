"""The file to start from: it is written once, it is sound, and it does what it says."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import group
from mockserver.compiler import load_scenario_schema
from tests.support.simulation import CLICK_TO_CALL
from tests.support.site_client import (
    CLICK_TO_CALL_PATH,
    SiteClient,
    build_site_client,
    configuration_with_scenarios,
)

SCHEMA = "scenario.schema.json"
HEADERS = {"authorization": "Bearer my-token", "accept": "application/json"}


def called(*arguments: str) -> Result:
    return CliRunner().invoke(group, list(arguments))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "where"), [((), "."), ((".",), "."), (("new/deep",), "new/deep")]
)
def test_init_writes_both_files(folder: Path, arguments: tuple[str, ...], where: str) -> None:
    done = called("init", *arguments)
    target, beside = Path(where) / "mockserver.yaml", Path(where) / SCHEMA
    told = f"wrote {target} and {beside}; check it by: mockserver check {target}\n"
    assert (done.exit_code, done.stdout, done.stderr) == (0, told, "")
    assert sorted(path.name for path in (folder / where).iterdir()) == [
        "mockserver.yaml",
        SCHEMA,
    ]
    assert json.loads(beside.read_text("utf-8")) == load_scenario_schema()
    first = target.read_text("utf-8").partition("\n")[0]
    assert first == f"# yaml-language-server: $schema=./{SCHEMA}"


@pytest.mark.parametrize("name", ["mockserver.yaml", SCHEMA])
def test_init_overwrites_nothing(folder: Path, name: str) -> None:
    (folder / name).write_text("mine", "utf-8")
    done = called("init")
    told = f"{name} is there already, and stays as it is\n"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", told)
    assert [path.read_text("utf-8") for path in folder.iterdir()] == ["mine"]


def test_init_twice(folder: Path) -> None:
    assert [called("init").exit_code for _ in range(2)] == [0, 2]
    assert len(list(folder.iterdir())) == 2


def test_init_where_nothing_can_be_written(folder: Path) -> None:
    (folder / "file").write_text("", "utf-8")
    done = called("init", "file/new")
    told = "file/new cannot be written to: Not a directory\n"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", told)


def test_init_into_a_file(folder: Path) -> None:
    (folder / "file").write_text("", "utf-8")
    assert called("init", "file").exit_code == 2


def test_what_init_wrote_passes_check(folder: Path) -> None:
    called("init")
    done = called("check")
    assert (done.exit_code, done.stdout.partition(";")[0]) == (0, "mockserver.yaml: fine")
    assert (folder / SCHEMA).is_file()


# --- what its comments promise -------------------------------------------------------------------


@pytest.fixture
def site(folder: Path) -> SiteClient:
    called("init")
    return build_site_client(
        configuration_with_scenarios(folder, (folder / "mockserver.yaml").read_text("utf-8"))
    )


def placed(site: SiteClient, *stories: str, **fields: object) -> int:
    headers = HEADERS | ({"x-mock-scenario": ", ".join(stories)} if stories else {})
    return site.request(
        "POST", CLICK_TO_CALL_PATH, json={**CLICK_TO_CALL, **fields}, headers=headers
    ).status_code


def test_its_account_is_the_caller(site: SiteClient) -> None:
    assert placed(site) == 200
    assert site.get_json("/_mock/calls/c1")["account"] == "shop"


def test_its_default_is_an_answered_call(site: SiteClient) -> None:
    placed(site)
    site.advance()
    assert site.get_json("/_mock/calls/c1")["outcome"] == "completed"


def test_customer_busy_by_header(site: SiteClient) -> None:
    placed(site, "customer-busy")
    site.advance()
    call = site.get_json("/_mock/calls/c1")
    assert (call["outcome"], call["scenario"]) == ("busy", ["customer-busy"])


def test_sleepy_customer_by_match(site: SiteClient) -> None:
    placed(site, to="918867130402")
    site.advance()
    call = site.get_json("/_mock/calls/c1")
    assert [one["outcome"] for one in call["attempts"]] == ["no-answer", "completed"]


def test_down_once(site: SiteClient) -> None:
    assert [placed(site, mid="chaos-1") for _ in range(3)] == [503, 200, 200]
    assert placed(site, mid="calm") == 200


def test_doubled_and_late(site: SiteClient) -> None:
    placed(site, "doubled-and-late")
    site.advance()
    ended = site.get_json("/_mock/calls/c1")["ended_at"]
    times = [one["attempts"][0]["at"] for one in site.get_json("/_mock/webhooks")["webhooks"]]
    assert (ended, times) == ("2026-01-01T09:00:10.000Z", ["2026-01-01T09:00:20.000Z"] * 2)
