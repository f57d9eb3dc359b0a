"""The one file with all wheels: what it holds, and how it unpacks and runs them."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from distribution.bundle import VERSIONS, write_archive
from distribution.launcher import cache_folder, unpack

VERSION = "{}.{}".format(*sys.version_info)
COMMAND = 'import sys\n\ndef main():\n    print("served with", *sys.argv[1:])\n'


def build_wheel(path: Path, files: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)


def build_archive(folder: Path, version: str = VERSION) -> Path:
    """Build an archive whose only wheel has a command that prints its arguments."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    build_wheel(
        wheels / "call_mockserver-1-py3-none-any.whl",
        {"mockserver/__init__.py": "", "mockserver/cli/__init__.py": COMMAND},
    )
    path = folder / "call-mockserver.pyz"
    write_archive(path, wheels, {version: ["call_mockserver-1-py3-none-any.whl"]})
    return path


def run(archive: Path, cache: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own file
        [sys.executable, "-I", str(archive), *arguments],
        env={"CALL_MOCKSERVER_CACHE": str(cache), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_the_file_runs_the_command_with_its_arguments(tmp_path: Path) -> None:
    archive = build_archive(tmp_path)
    results = [run(archive, tmp_path / "cache", "serve", "--quiet") for _ in range(2)]
    assert [(one.returncode, one.stdout) for one in results] == [
        (0, "served with serve --quiet\n")
    ] * 2


def test_the_wheels_are_unpacked_once_and_nothing_is_left_beside_them(tmp_path: Path) -> None:
    archive, cache = build_archive(tmp_path), tmp_path / "cache"
    folder = unpack(archive, VERSION, cache)
    (folder / "mark").touch()
    assert unpack(archive, VERSION, cache) == folder
    assert (list(cache.iterdir()), (folder / "mark").exists()) == ([folder], True)


def test_another_content_is_unpacked_into_another_folder(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    archives = [build_archive(one), build_archive(other)]
    build_wheel(other / "wheels" / "call_mockserver-1-py3-none-any.whl", {"changed": ""})
    write_archive(archives[1], other / "wheels", {VERSION: ["call_mockserver-1-py3-none-any.whl"]})
    folders = {unpack(archive, VERSION, tmp_path / "cache") for archive in archives}
    assert len(folders) == 2


def test_the_same_wheels_give_the_same_bytes(tmp_path: Path) -> None:
    first = build_archive(tmp_path / "one").read_bytes()
    with zipfile.ZipFile(tmp_path / "one" / "call-mockserver.pyz") as archive:
        assert archive.namelist() == [
            "__main__.py",
            "versions.json",
            "wheels/call_mockserver-1-py3-none-any.whl",
        ]
        assert [*json.loads(archive.read("versions.json"))["wheels"]] == [VERSION]
    again = tmp_path / "again.pyz"
    write_archive(
        again, tmp_path / "one" / "wheels", {VERSION: ["call_mockserver-1-py3-none-any.whl"]}
    )
    assert again.read_bytes() == first


def test_a_python_without_wheels_reads_which_versions_have_some(tmp_path: Path) -> None:
    archive = build_archive(tmp_path, "3.99")
    result = run(archive, tmp_path / "cache")
    expected = f"call-mockserver.pyz is for Python 3.99, this is Python {VERSION}\n"
    assert (result.returncode, result.stderr) == (1, expected)


def test_a_folder_that_cannot_be_written_is_named_with_the_variable(tmp_path: Path) -> None:
    result = run(build_archive(tmp_path), Path("/proc/none"))
    assert result.returncode == 1
    assert result.stderr.startswith("cannot unpack call-mockserver: ")
    assert result.stderr.endswith("\nCALL_MOCKSERVER_CACHE names another folder\n")


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"CALL_MOCKSERVER_CACHE": "/own", "XDG_CACHE_HOME": "/shared"}, "/own"),
        ({"XDG_CACHE_HOME": "/shared"}, "/shared/call-mockserver"),
        ({"HOME": "/home/me"}, "/home/me/.cache/call-mockserver"),
    ],
)
def test_the_cache_is_where_a_machine_keeps_its_caches(
    variables: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CALL_MOCKSERVER_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_folder() == Path(folder)


def test_the_file_is_for_each_python_that_the_package_says() -> None:
    text = (Path(__file__).parent.parent.parent / "pyproject.toml").read_text("utf-8")
    assert re.findall(r'"Programming Language :: Python :: (3\.\d+)"', text) == [*VERSIONS]
