"""`mockserver ca` shows and removes the authority that a folder keeps."""

from importlib import util
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import ca, group
from mockserver.tls.kept_authority import keep_authority
from tests.support.authorities import NOW, build_authority

AUTHORITY = build_authority()


def run(*arguments: str, **variables: str) -> Result:
    return CliRunner().invoke(group, ["ca", *arguments], env=variables)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "ca"
    keep_authority(folder, AUTHORITY)
    return folder


def test_it_shows_path_fingerprint_end_and_pem(folder: Path) -> None:
    end = AUTHORITY.root.not_valid_after_utc
    assert (end - NOW).days in (29, 30)
    result = run("--ca-dir", str(folder))
    assert (result.exit_code, result.output) == (
        0,
        (
            f"path: {folder}/ca.pem\n"
            f"SHA-256 fingerprint: {AUTHORITY.fingerprint}\n"
            f"valid until: {end:%Y-%m-%d %H:%M} UTC\n"
            f"{AUTHORITY.root_pem.decode()}"
        ),
    )
    assert len(AUTHORITY.fingerprint.split(":")) == 32


def test_the_folder_may_come_from_the_variable_of_serve(folder: Path) -> None:
    assert run(MOCKSERVER_CA_DIR=str(folder)).output == run("--ca-dir", str(folder)).output


def test_it_removes_the_authority_once(folder: Path) -> None:
    first, second = (run("--ca-dir", str(folder), "--remove") for _ in range(2))
    assert (first.exit_code, first.output) == (0, f"removed the authority in {folder}\n")
    assert folder.exists() is False
    expected = (1, f"mockserver: no authority is in {folder}\n")
    assert (second.exit_code, second.output) == expected


def test_a_folder_without_an_authority_is_left_as_it_is(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        result = run("--ca-dir", str(folder))
        assert (result.exit_code, result.output) == (
            1,
            (
                f"mockserver: no authority is in {folder}: "
                f"`mockserver serve --https --ca-dir {folder}` makes one\n"
            ),
        )
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_is_unusable_is_bad_usage(folder: Path) -> None:
    (folder / "issuer.pem").chmod(0o644)
    result = run("--ca-dir", str(folder))
    assert result.exit_code == 2
    assert result.output.startswith(f"mockserver: ca-dir: others can read {folder}/issuer.pem: ")


def test_a_file_in_place_of_the_folder_is_bad_usage(tmp_path: Path) -> None:
    (tmp_path / "ca").write_text("")
    result = run("--ca-dir", str(tmp_path / "ca"))
    expected = (2, f"mockserver: ca-dir: {tmp_path}/ca is no folder\n")
    assert (result.exit_code, result.output) == expected


def test_what_cannot_be_removed_is_named(folder: Path) -> None:
    (folder / "ca.pem").unlink()
    (folder / "ca.pem").mkdir()
    result = run("--ca-dir", str(folder), "--remove")
    assert result.exit_code == 2
    assert result.output.startswith(f"mockserver: ca-dir: {folder}/ca.pem cannot be removed: ")


def test_it_says_which_package_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ca, "find_spec", lambda _: None)
    result = run("--ca-dir", str(folder))
    assert (result.exit_code, result.output) == (
        2,
        "mockserver: ca needs the package cryptography: pip install 'call-mockserver[https]'\n",
    )
    assert util.find_spec("cryptography")
