"""`mockserver check --upgrade` rewrites the old keys of scenario files, then checks the files."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import check, group

OLD = b"# mine\r\nscenarios:\r\n  play: {play: answered} # play\r\n  b: {answers: [ pass ]}\r\n"
NEW = b"# mine\r\nscenarios:\r\n  play: {use: answered} # play\r\n  b: {responses: [ pass ]}\r\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def upgrade(*paths: str, **variables: str) -> Result:
    return CliRunner().invoke(group, ["check", "--upgrade", *paths], env=variables)


def test_upgrade_rewrites_the_old_keys_and_checks_the_file(folder: Path) -> None:
    (folder / "a.yaml").write_bytes(OLD)
    result = upgrade("a.yaml")
    *changes, summary = result.stdout.splitlines()
    assert changes == ["a.yaml:3:10: 'play' -> 'use'", "a.yaml:4:7: 'answers' -> 'responses'"]
    assert (summary[:12], result.exit_code, result.stderr) == ("a.yaml: fine", 0, "")
    assert (folder / "a.yaml").read_bytes() == NEW
    assert list(folder.iterdir()) == [folder / "a.yaml"]


def test_a_second_upgrade_finds_nothing(folder: Path) -> None:
    (folder / "a.yaml").write_bytes(OLD)
    upgrade("a.yaml")
    before = (folder / "a.yaml").stat()
    result = upgrade("a.yaml")
    assert result.stdout.splitlines()[0] == "a.yaml: nothing to upgrade"
    assert (result.exit_code, (folder / "a.yaml").read_bytes()) == (0, NEW)
    assert (folder / "a.yaml").stat() == before


def test_without_upgrade_an_old_key_is_a_problem_and_the_file_stays(folder: Path) -> None:
    (folder / "a.yaml").write_bytes(OLD)
    result = CliRunner().invoke(group, ["check", "a.yaml"])
    assert result.stdout == (
        "a.yaml:3:10: 'play' is now 'use': `mockserver check --upgrade FILE` rewrites it\n"
        "a.yaml:4:7: 'answers' is now 'responses': `mockserver check --upgrade FILE` rewrites it\n"
    )
    assert (result.exit_code, (folder / "a.yaml").read_bytes()) == (2, OLD)


@pytest.mark.parametrize(
    ("paths", "variables", "upgraded"),
    [
        ((), {}, {"mockserver.yaml"}),
        ((), {"MOCKSERVER_SCENARIOS": "a.json"}, {"a.json"}),
        (("d",), {}, {"d/a.yaml", "d/b.yml"}),
        (("a.json", "d"), {}, {"a.json", "d/a.yaml", "d/b.yml"}),
    ],
)
def test_upgrade_rewrites_the_files_that_serve_would_load(
    folder: Path, paths: tuple[str, ...], variables: dict[str, str], upgraded: set[str]
) -> None:
    (folder / "d").mkdir()
    names = ["mockserver.yaml", "a.json", "d/a.yaml", "d/b.yml", "d/c.txt"]
    for number, name in enumerate(names):
        text = f'{{"scenarios": {{"x{number}": {{"play": "answered"}}}}}}'
        (folder / name).write_text(text, "utf-8")
    assert upgrade(*paths, **variables).exit_code == 0
    assert {name for name in names if '"use"' in (folder / name).read_text("utf-8")} == upgraded


def test_upgrade_without_any_file_checks_the_bundled_ones() -> None:
    result = upgrade()
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)
    assert result.stdout.startswith("no file of yours, the bundled ones: fine")


def test_a_file_that_cannot_be_parsed_stays_and_others_are_upgraded(folder: Path) -> None:
    (folder / "bad.yaml").write_bytes(b"scenarios: {x: {play: answered}")
    (folder / "good.yaml").write_bytes(OLD)
    result = upgrade("bad.yaml", "good.yaml")
    assert result.stdout.splitlines() == [
        "good.yaml:3:10: 'play' -> 'use'",
        "good.yaml:4:7: 'answers' -> 'responses'",
        "bad.yaml:1:12: this is not YAML: this bracket is never closed",
    ]
    assert result.exit_code == 2
    assert (folder / "bad.yaml").read_bytes() == b"scenarios: {x: {play: answered}"
    assert (folder / "good.yaml").read_bytes() == NEW


def test_the_check_after_an_upgrade_reports_what_remains(folder: Path) -> None:
    (folder / "a.yaml").write_text("scenarios:\n  x: {play: gone}\n  y: {play: x, use: x}", "utf-8")
    result = upgrade("a.yaml")
    lines = [line.partition(": known")[0] for line in result.stdout.splitlines()]
    assert lines == [
        "a.yaml:2:7: 'play' -> 'use'",
        "a.yaml:2:12: no scenario is named 'gone'",
        "a.yaml:3:7: 'play' is now 'use', which is already on line 3: remove one of the two",
    ]
    assert result.exit_code == 2


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664])
def test_an_upgraded_file_keeps_its_mode(folder: Path, mode: int) -> None:
    (folder / "a.yaml").write_bytes(OLD)
    (folder / "a.yaml").chmod(mode)
    upgrade("a.yaml")
    assert (folder / "a.yaml").stat().st_mode & 0o777 == mode
    assert (folder / "a.yaml").read_bytes() == NEW


def test_a_link_to_an_upgraded_file_stays_a_link(folder: Path) -> None:
    (folder / "d").mkdir()
    (folder / "d" / "a.yaml").write_bytes(OLD)
    (folder / "link.yaml").symlink_to("d/a.yaml")
    assert upgrade("link.yaml").exit_code == 0
    assert (folder / "link.yaml").is_symlink()
    assert (folder / "d" / "a.yaml").read_bytes() == NEW


def test_a_file_that_cannot_be_written_stays_and_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (folder / "a.yaml").write_bytes(OLD)
    monkeypatch.setattr(check, "copymode", fail)
    result = upgrade("a.yaml")
    expected = "a.yaml cannot be upgraded: No space left on device\n"
    assert (result.exit_code, result.stdout) == (2, expected)
    assert (folder / "a.yaml").read_bytes() == OLD
    assert list(folder.iterdir()) == [folder / "a.yaml"]
