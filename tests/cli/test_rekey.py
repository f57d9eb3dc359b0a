"""`mockserver rekey` gives the file of a store another key, the first one, or none."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import group
from mockserver.store.sqlite_file import SqliteFile
from tests.store.test_file_format import EXPECTED, FILES, GOLDEN, KEY, read, read_file
from tests.support.stored_site import StoredSite, stored_settings, use

OTHER_KEY = bytes(reversed(range(40)))


def run(*arguments: object, **variables: str) -> Result:
    return CliRunner().invoke(group, ["rekey", *map(str, arguments)], env=variables)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file without a key and one with a key, and with two keys."""
    for name, source in zip(("plain.db", "locked.db"), FILES, strict=True):
        shutil.copyfile(GOLDEN / source, tmp_path / name)
    (tmp_path / "key").write_bytes(KEY)
    (tmp_path / "other").write_bytes(OTHER_KEY)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "old", "new", "options"),
    [
        ("plain.db", b"", OTHER_KEY, ["--new-key", "other"]),
        ("locked.db", KEY, OTHER_KEY, ["--store-key", "key", "--new-key", "other"]),
        ("locked.db", KEY, KEY, ["--store-key", "key", "--new-key", "key"]),
        ("locked.db", KEY, b"", ["--store-key", "key", "--no-key"]),
        ("plain.db", b"", b"", ["--no-key"]),
    ],
)
def test_a_file_has_the_new_key_and_all_that_it_had(
    folder: Path, name: str, old: bytes, new: bytes, options: list[str]
) -> None:
    path = folder / name
    before = read_file(path, old, folder / "copy")
    words = [each if each.startswith("--") else str(folder / each) for each in options]
    result = run(path, *words)
    key = f"the key in {words[-1]}" if new else "no key"
    assert (result.exit_code, result.output) == (0, f"{path} has {key} now, and 2 sandboxes\n")
    assert read_file(path, new) == before
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in folder.glob(f"{name}*")) == [name]
    assert (b"key-of-other" in path.read_bytes()) is (not new)


def test_a_server_goes_on_with_the_new_key(folder: Path) -> None:
    path, other = folder / "plain.db", str(folder / "other")
    assert run(path, "--new-key", other).exit_code == 0

    async def check(site: StoredSite) -> None:
        assert await read(site) == EXPECTED
        await site.client.post("/_mock/reset")

    use(stored_settings(path, store_key=other), check)
    result = run(path, "--no-key", MOCKSERVER_STORE_KEY=other)
    assert (result.exit_code, result.output) == (0, f"{path} has no key now, and 2 sandboxes\n")


def test_snapshots_from_before_a_reset_are_copied(tmp_path: Path) -> None:
    path, key = tmp_path / "calls.db", tmp_path / "key"
    key.write_bytes(KEY)

    async def take_snapshots(site: StoredSite) -> None:
        for name in ("one", "two"):
            await site.client.post("/_mock/receive/x", content=name)
            await site.client.post("/_mock/sandboxes/default/snapshots", json={"as": name})
            await site.client.post("/_mock/reset")
        await site.client.post("/_mock/receive/x", content=b"three")

    use(stored_settings(path), take_snapshots)
    before = read_file(path, b"")
    assert len(before[1]) == 3
    assert run(path, "--new-key", key).exit_code == 0
    assert read_file(path, KEY) == before


def test_a_file_without_sandboxes_gets_a_key(tmp_path: Path) -> None:
    path, key = tmp_path / "calls.db", tmp_path / "key"
    key.write_bytes(KEY)
    SqliteFile.open(path, "engine").close()
    result = run(path, "--new-key", key)
    assert result.output == f"{path} has the key in {key} now, and 0 sandboxes\n"


RIGHT_KEY = "name the file of that key with --store-key"
WHICH = "name a file with --new-key, or say --no-key"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["plain.db"], WHICH),
        (["plain.db", "--new-key", "other", "--no-key"], WHICH),
        (["missing.db", "--no-key"], "store: FOLDER/missing.db does not exist"),
        (
            ["plain.db", "--new-key", "none"],
            "new-key: FOLDER/none cannot be read: No such file or directory",
        ),
        (
            ["locked.db", "--new-key", "other"],
            "store: FOLDER/locked.db is encrypted: name the file of its key with --store-key",
        ),
        (
            ["locked.db", "--store-key", "other", "--new-key", "key"],
            f"store: FOLDER/locked.db is encrypted with another key: {RIGHT_KEY}",
        ),
        (["key", "--no-key"], "store: FOLDER/key is no SQLite database: name another file"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    folder: Path, options: list[str], message: str
) -> None:
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    result = run(*(each if each.startswith("--") else folder / each for each in options))
    expected = f"mockserver: {message.replace('FOLDER', str(folder))}\n"
    assert (result.exit_code, result.output) == (2, expected)
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before


def test_a_file_that_a_server_has_open_is_refused(folder: Path) -> None:
    path = folder / "plain.db"
    file = SqliteFile.open(path, "engine")
    result = run(path, "--no-key")
    file.close()
    assert result.output == (
        f"mockserver: store: another server has {path} open: end it, or name another file\n"
    )
