"""`python -m distribution.bundle FOLDER`: one file that runs the server, and a folder of wheels.

Both are for each Python of `VERSIONS`, on the platform of this machine or on the one that
`--platform` names as pip does, such as `macosx_11_0_arm64`.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from distribution import launcher

ROOT = Path(__file__).parent.parent
SOURCES = (ROOT, ROOT / "clients" / "python")
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
ARCHIVE = "call-mockserver.pyz"
SHEBANG = b"#!/usr/bin/env python3\n"
DATE = (1980, 1, 1, 0, 0, 0)
"""The date of each file in the archive, so that the same wheels give the same bytes."""


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("distribution.bundle")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--platform", action="append", default=[])
    given = parser.parse_args(arguments)
    wheels = given.folder / "wheels"
    own = build_own(wheels)
    found = {version: [*own, *download(version, given.platform, wheels)] for version in VERSIONS}
    write_archive(given.folder / ARCHIVE, wheels, found)


def build_own(folder: Path) -> list[str]:
    """Build the wheels of both distributions; return their names."""
    with TemporaryDirectory() as built:
        for source in SOURCES:
            _run("hatchling", "build", "-t", "wheel", "-d", built, cwd=source)
        return _move(Path(built), folder)


def download(version: str, platforms: Sequence[str], folder: Path) -> list[str]:
    """Download what is locked, for a version of Python; return the names of the wheels."""
    kinds = [word for name in platforms for word in ("--platform", name)]
    locked = ("--require-hashes", "-r", str(ROOT / "requirements.lock"))
    target = ("--only-binary", ":all:", "--python-version", version, *kinds)
    with TemporaryDirectory() as loaded:
        _run("pip", "download", "--quiet", "--no-deps", *target, *locked, "-d", loaded)
        return _move(Path(loaded), folder)


def write_archive(path: Path, folder: Path, wheels: Mapping[str, Sequence[str]]) -> None:
    """Write the file that runs; `wheels` names those of the folder for each version of Python."""
    contents = {name: (folder / name).read_bytes() for names in wheels.values() for name in names}
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(contents[name])
    index = {"digest": digest.hexdigest()[:16], "wheels": {**wheels}}
    with path.open("wb") as file:
        file.write(SHEBANG)
        with zipfile.ZipFile(file, "w") as archive:
            _add(archive, "__main__.py", Path(launcher.__file__).read_bytes())
            _add(archive, "versions.json", json.dumps(index).encode())
            for name in sorted(contents):
                _add(archive, f"wheels/{name}", contents[name])
    path.chmod(0o755)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file as it is: a wheel is compressed already."""
    archive.writestr(zipfile.ZipInfo(name, DATE), content)


def _move(source: Path, folder: Path) -> list[str]:
    """Move all wheels into the folder; return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted(path.name for path in source.glob("*.whl"))
    for name in names:
        shutil.move(source / name, folder / name)
    return names


def _run(*words: str, cwd: Path = ROOT) -> None:
    subprocess.run([sys.executable, "-m", *words], cwd=cwd, check=True)  # noqa: S603 - our own words


if __name__ == "__main__":
    main(sys.argv[1:])
