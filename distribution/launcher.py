"""The main module of `call-mockserver.pyz`: unpacks the wheels for this Python once, and runs them.

It stands alone inside the archive, beside `wheels/` and `versions.json`. An older Python than the
server needs can read it, too, so that it can say so.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

OLDEST = (3, 11)
OWN_FOLDER = "CALL_MOCKSERVER_CACHE"
"""The variable that names another folder for what is unpacked."""


def main() -> None:
    """Run the command `mockserver` from the wheels of this archive."""
    version = "{}.{}".format(*sys.version_info)
    if sys.version_info < OLDEST:
        sys.exit(f"call-mockserver needs Python 3.11 or later, this is Python {version}")
    cache = cache_folder()
    try:
        folder = unpack(Path(sys.argv[0]), version, cache)
    except OSError as error:
        sys.exit(f"cannot unpack call-mockserver: {error}\n{OWN_FOLDER} names another folder")
    sys.path.insert(0, str(folder))
    from mockserver.cli import main as run  # noqa: PLC0415 - it has just been unpacked

    run()


def cache_folder() -> Path:
    shared = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(os.environ.get(OWN_FOLDER) or Path(shared, "call-mockserver"))


def unpack(archive: Path, version: str, cache: Path) -> Path:
    """Unpack the wheels for a version of Python unless they are there; return their folder."""
    with zipfile.ZipFile(archive) as file:
        contents: Any = json.loads(file.read("versions.json"))
        wheels = contents["wheels"]
        if version not in wheels:
            sys.exit(f"{archive.name} is for Python {', '.join(wheels)}, this is Python {version}")
        folder = cache / f"{contents['digest']}-{version}"
        if not folder.is_dir():
            _unpack_wheels(file, wheels[version], folder)
    return folder


def _unpack_wheels(file: zipfile.ZipFile, names: list[str], folder: Path) -> None:
    """Unpack into a folder beside this one, and rename it: no process finds half of the files."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = tempfile.mkdtemp(dir=folder.parent)
    try:
        for name in names:
            with file.open(f"wheels/{name}") as packed, zipfile.ZipFile(packed) as wheel:
                wheel.extractall(beside)
        Path(beside).rename(folder)
    except OSError:
        shutil.rmtree(beside)
        if not folder.is_dir():  # else another process was faster
            raise


if __name__ == "__main__":
    main()
