"""A folder keeps an authority, and nobody but its owner can read the key."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from mockserver.tls import kept_authority
from mockserver.tls.authority import parse_authority, serialize_authority
from mockserver.tls.kept_authority import (
    UnusableFolder,
    find_authority,
    keep_authority,
    remove_authority,
    write_root,
)
from tests.support.authorities import build_authority

AUTHORITY, OTHER = build_authority(), build_authority()


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_an_authority_is_parsed_as_it_was_serialized() -> None:
    pem = serialize_authority(AUTHORITY)
    assert serialize_authority(parse_authority(pem)) == pem


def test_a_key_of_another_certificate_is_no_authority() -> None:
    key = serialize_authority(OTHER).partition(b"-----BEGIN CERTIFICATE")[0]
    rest = serialize_authority(AUTHORITY).partition(b"-----BEGIN CERTIFICATE")
    with pytest.raises(ValueError, match="its key is not the key of its first certificate"):
        parse_authority(key + rest[1] + rest[2])


def test_a_missing_folder_has_no_authority_and_is_not_made_to_look(tmp_path: Path) -> None:
    assert (find_authority(tmp_path / "a" / "b"), [*tmp_path.iterdir()]) == (None, [])


def test_a_missing_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    keep_authority(folder, AUTHORITY)
    assert mode_of(folder) == 0o700


def test_a_kept_authority_is_found_and_its_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    assert keep_authority(folder, AUTHORITY) == AUTHORITY
    found = find_authority(folder)
    assert found
    assert serialize_authority(found) == serialize_authority(AUTHORITY)
    modes = {path.name: mode_of(path) for path in folder.iterdir()}
    assert modes == {"ca.pem": 0o644, "issuer.pem": 0o600}
    assert (folder / "ca.pem").read_bytes() == AUTHORITY.root_pem


def test_an_authority_replaces_an_earlier_one(tmp_path: Path) -> None:
    keep_authority(tmp_path / "ca", AUTHORITY)
    keep_authority(tmp_path / "ca", OTHER, replaces=True)
    found = find_authority(tmp_path / "ca")
    assert found
    assert (found.root, (tmp_path / "ca/ca.pem").read_bytes()) == (OTHER.root, OTHER.root_pem)
    assert len([*(tmp_path / "ca").iterdir()]) == 2


def test_of_two_servers_that_start_at_once_the_first_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep_first(file: Path, content: bytes) -> Path:
        monkeypatch.undo()
        keep_authority(tmp_path / "ca", AUTHORITY)
        return write_new(file, content)

    write_new = kept_authority._write_new  # noqa: SLF001 - the moment before it is what is tested
    monkeypatch.setattr(kept_authority, "_write_new", keep_first)
    assert keep_authority(tmp_path / "ca", OTHER).root == AUTHORITY.root
    assert (tmp_path / "ca/ca.pem").read_bytes() == AUTHORITY.root_pem


def test_a_lost_root_file_is_written_again(tmp_path: Path) -> None:
    write_root(tmp_path, AUTHORITY)
    (tmp_path / "ca.pem").unlink()
    write_root(tmp_path, AUTHORITY)
    assert (tmp_path / "ca.pem").read_bytes() == AUTHORITY.root_pem


def open_to_writers(folder: Path) -> None:
    folder.chmod(0o770)


def open_to_readers(folder: Path) -> None:
    (folder / "issuer.pem").chmod(0o640)


def link_the_key(folder: Path) -> None:
    (folder / "issuer.pem").rename(folder / "elsewhere.pem")
    (folder / "issuer.pem").symlink_to(folder / "elsewhere.pem")


def spoil_the_key(folder: Path) -> None:
    (folder / "issuer.pem").write_text("nothing")


def put_a_folder_there(folder: Path) -> None:
    (folder / "issuer.pem").unlink()
    (folder / "issuer.pem").mkdir(0o700)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (open_to_writers, "others can write to {0}: `chmod 700 {0}` ends that"),
        (
            open_to_readers,
            (
                "others can read {0}/issuer.pem: remove it, as they may have its key, "
                "or `chmod 600 {0}/issuer.pem`"
            ),
        ),
        (link_the_key, "{0}/issuer.pem cannot be read: Too many levels of symbolic links"),
        (put_a_folder_there, "{0}/issuer.pem is no file"),
    ],
)
def test_a_folder_whose_key_others_could_have_is_refused(
    tmp_path: Path, spoil: Callable[[Path], None], message: str
) -> None:
    keep_authority(tmp_path / "ca", AUTHORITY)
    spoil(tmp_path / "ca")
    with pytest.raises(UnusableFolder) as caught:
        find_authority(tmp_path / "ca")
    assert str(caught.value) == message.format(tmp_path / "ca")


def test_a_file_that_holds_no_authority_is_refused_with_the_command_that_removes_it(
    tmp_path: Path,
) -> None:
    keep_authority(tmp_path / "ca", AUTHORITY)
    spoil_the_key(tmp_path / "ca")
    with pytest.raises(UnusableFolder) as caught:
        find_authority(tmp_path / "ca")
    start, end = (
        f"{tmp_path}/ca/issuer.pem holds no authority (",
        f"--ca-dir {tmp_path}/ca` removes it",
    )
    assert (str(caught.value).startswith(start), str(caught.value).endswith(end)) == (True, True)


@pytest.mark.parametrize(
    ("use", "name", "message"),
    [
        (find_authority, "file", "is no folder"),
        (find_authority, "file/below", "cannot be read: Not a directory"),
        (partial(keep_authority, authority=AUTHORITY), "file", "cannot be made: File exists"),
        (partial(keep_authority, authority=AUTHORITY), "broken", "cannot be made: File exists"),
    ],
)
def test_a_file_in_place_of_the_folder_is_refused(
    tmp_path: Path, use: Callable[[Path], object], name: str, message: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "broken").symlink_to(tmp_path / "gone")
    with pytest.raises(UnusableFolder) as caught:
        use(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name} {message}"


def refuse(*_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied")


def test_a_folder_that_cannot_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(UnusableFolder) as caught:
        keep_authority(tmp_path / "ca", AUTHORITY)
    assert str(caught.value) == f"{tmp_path}/ca/issuer.pem cannot be written: Permission denied"
    assert [*(tmp_path / "ca").iterdir()] == []
    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(UnusableFolder) as caught:
        write_root(tmp_path, AUTHORITY)
    assert str(caught.value) == f"{tmp_path}/ca.pem cannot be written: Permission denied"


def test_modes_are_not_read_where_they_mean_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_authority, "HAS_MODES", False)
    keep_authority(tmp_path / "ca", AUTHORITY)
    open_to_readers(tmp_path / "ca")
    open_to_writers(tmp_path / "ca")
    assert find_authority(tmp_path / "ca")


@pytest.mark.parametrize("has_other_file", [False, True])
def test_removing_an_authority_leaves_other_files(tmp_path: Path, *, has_other_file: bool) -> None:
    folder = tmp_path / "ca"
    keep_authority(folder, AUTHORITY)
    if has_other_file:
        (folder / "mine").write_text("")
    assert (remove_authority(folder), folder.exists()) == (True, has_other_file)
    assert (remove_authority(folder), folder.exists()) == (False, has_other_file)
