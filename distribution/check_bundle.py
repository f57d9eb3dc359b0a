"""`python -m distribution.check_bundle FOLDER`: the demo of a bundle, without a network.

It runs the one file, once unpacked and once not, and what `pip install --no-index` makes of the
wheels, with each Python of the bundle that is on the path.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from distribution.bundle import ARCHIVE, VERSIONS
from distribution.launcher import OWN_FOLDER

NO_NETWORK = ("unshare", "--map-root-user", "--net")
LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 1))
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Switches the loopback interface on, and becomes the command of its arguments."""


def main(folder: Path) -> None:
    isolated = isolation()
    print("no network" if isolated else "WITH a network: unshare is not allowed here")  # noqa: T201 - a command
    for python in pythons():
        with TemporaryDirectory() as place:
            for words in commands(python, folder.absolute(), Path(place)):
                run([*isolated, *words], Path(place))
        print(f"{python}: the demo of the file and of the wheels passed", flush=True)  # noqa: T201 - a command


def isolation() -> Sequence[str]:
    """Return the words before a command that leave it no network, none if that is not allowed."""
    words = (*NO_NETWORK, sys.executable, "-c", LOOPBACK_UP)
    allowed = (
        bool(shutil.which(NO_NETWORK[0]))
        and not subprocess.run([*words, "true"], capture_output=True, check=False).returncode  # noqa: S603 - our own words
    )
    return words if allowed else ()


def pythons() -> Iterator[str]:
    """Yield the interpreter that runs this, and the others on the path."""
    yield sys.executable
    own = "python{}.{}".format(*sys.version_info)
    others = (shutil.which(f"python{version}") for version in VERSIONS)
    yield from (path for path in others if path and Path(path).name != own and _runs(path))


def _runs(python: str) -> bool:
    """Return whether an interpreter runs: the path may have a name for one that is not there."""
    result = subprocess.run([python, "-c", ""], capture_output=True, check=False)  # noqa: S603 - as above
    return not result.returncode


def commands(python: str, folder: Path, place: Path) -> Iterator[list[str]]:
    archive = [python, str(folder / ARCHIVE)]
    yield [*archive, "demo"]
    yield [*archive, "--version"]
    yield [python, "-m", "venv", str(place / "venv")]
    environment = str(place / "venv" / "bin")
    install = ("install", "--no-index", "--find-links", str(folder / "wheels"), "call-mockserver")
    yield [f"{environment}/pip", *install]
    yield [f"{environment}/mockserver", "demo"]


def run(words: Sequence[str], place: Path) -> None:
    """Run a command with an empty cache of its own, and nothing of this process's settings."""
    variables = {"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": os.devnull, "HOME": str(place)}
    result = subprocess.run(  # noqa: S603 - our own words
        words,
        cwd=place,
        env={**variables, OWN_FOLDER: str(place / "cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    if result.returncode:
        sys.exit(f"{' '.join(words)}\n{result.stdout}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
