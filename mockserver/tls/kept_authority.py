"""An authority that is kept in a folder between runs.

The folder has two files: `ca.pem`, the root, for all who can enter the folder, and `issuer.pem`,
with the key of the issuer, for its owner alone. A folder that is made here is its owner's alone.
"""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from mockserver.tls.authority import Authority, parse_authority, serialize_authority

ROOT_FILE: Final = "ca.pem"
ISSUER_FILE: Final = "issuer.pem"
FOLDER_MODE: Final = 0o700
KEY_MODE: Final = 0o600
HAS_MODES: Final = os.name != "nt"
"""Whether the modes of files mean anything on this system."""


class UnusableFolder(ValueError):
    """The folder cannot keep an authority; the message says why, and what would be right."""


def find_authority(folder: Path) -> Authority | None:
    """Return the authority that the folder keeps, None if it keeps none or is missing.

    Raises:
        UnusableFolder: others can change the folder, or read the key, or it is no authority.
    """
    if not _is_there(folder):
        return None
    file = folder / ISSUER_FILE
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnusableFolder(f"{file} cannot be read: {error.strerror}") from None
    try:
        _check_key_mode(file, os.fstat(descriptor))
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            pem = stream.read()
    finally:
        os.close(descriptor)
    try:
        return parse_authority(pem)
    except ValueError as error:
        advice = f"`mockserver ca --remove --ca-dir {folder}` removes it"
        raise UnusableFolder(f"{file} holds no authority ({error}): {advice}") from None


def keep_authority(folder: Path, authority: Authority, *, replaces: bool = False) -> Authority:
    """Keep an authority in the folder, which is made if it is missing; return what is kept.

    That is the authority of another server if that has kept its own meanwhile. With `replaces`,
    the authority takes the place of any other: of two servers at once, the second decides what is
    kept, and the first goes on with its own.

    Raises:
        UnusableFolder: it cannot be made or written.
    """
    _make_folder(folder)
    file = folder / ISSUER_FILE
    try:
        new = _write_new(
            folder / f"{ISSUER_FILE}.{secrets.token_hex(8)}", serialize_authority(authority)
        )
        try:
            if replaces:
                new.replace(file)
            else:
                os.link(new, file)
        finally:
            new.unlink(missing_ok=True)
    except FileExistsError:
        authority = find_authority(folder) or authority
    except OSError as error:
        raise UnusableFolder(f"{file} cannot be written: {error.strerror}") from None
    write_root(folder, authority)
    return authority


def write_root(folder: Path, authority: Authority) -> None:
    """Write `ca.pem`, which all may read who can enter the folder.

    Raises:
        UnusableFolder: it cannot be written.
    """
    file = folder / ROOT_FILE
    try:
        if not file.exists() or file.read_bytes() != authority.root_pem:
            file.write_bytes(authority.root_pem)
            file.chmod(0o644)
    except OSError as error:
        raise UnusableFolder(f"{file} cannot be written: {error.strerror}") from None


def remove_authority(folder: Path) -> bool:
    """Remove the files of an authority, and the folder if nothing else is in it.

    Return whether there was one.
    """
    files = [folder / name for name in (ISSUER_FILE, ROOT_FILE) if (folder / name).exists()]
    for file in files:
        file.unlink()
    if files:
        with suppress(OSError):  # something else is in it
            folder.rmdir()
    return bool(files)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableFolder(f"{folder} cannot be made: {error.strerror}") from None


def _is_there(folder: Path) -> bool:
    """Return whether the folder is there; refuse one to which others can write."""
    try:
        mode = folder.stat().st_mode
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UnusableFolder(f"{folder} cannot be read: {error.strerror}") from None
    if not stat.S_ISDIR(mode):
        raise UnusableFolder(f"{folder} is no folder")
    if HAS_MODES and mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise UnusableFolder(f"others can write to {folder}: `chmod 700 {folder}` ends that")
    return True


def _check_key_mode(file: Path, state: os.stat_result) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise UnusableFolder(f"{file} is no file")
    if HAS_MODES and state.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        advice = f"remove it, as they may have its key, or `chmod 600 {file}`"
        raise UnusableFolder(f"others can read {file}: {advice}")


def _write_new(file: Path, content: bytes) -> Path:
    """Write a file that only its owner can read, and that was not there before."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEY_MODE)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    return file
