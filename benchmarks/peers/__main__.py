"""`python -m benchmarks peers [FOLDER [ROUNDS]]`: compare with the peers in one interleaved run.

It needs node, npm, Java 17 and wrk. Packages from the registries are installed into the folder,
or into a temporary one.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.peers.files import written
from benchmarks.peers.installed import commands, install, versions
from benchmarks.peers.rows import Budget, rows


def main(folder: Path, budget: Budget = Budget()) -> None:  # noqa: B008 - an immutable value
    install(folder)
    written(folder, "")
    print(f"{versions()}\n", flush=True)  # noqa: T201 - a command
    for name, figures in rows(commands(folder), folder, budget):
        print(f"| {name} | {figures} |", flush=True)  # noqa: T201 - a command


def run(words: list[str]) -> None:
    """Run with the arguments [FOLDER [ROUNDS]]; a named folder is kept for the next run."""
    budget = Budget(rounds=int(words[1])) if words[1:] else Budget()
    if words:
        Path(words[0]).mkdir(parents=True, exist_ok=True)
        main(Path(words[0]).absolute(), budget)
        return
    with TemporaryDirectory() as folder:
        main(Path(folder), budget)


if __name__ == "__main__":
    run(sys.argv[1:])
