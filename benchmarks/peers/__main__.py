"""`python -m benchmarks peers [FOLDER]`: ours beside the peers, in one interleaved run.

It needs node, npm, Java 17 and wrk. What the registries give goes into the folder, or into one that
is gone afterwards.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.peers.files import written
from benchmarks.peers.installed import commands, install, versions
from benchmarks.peers.rows import Budget, rows


def main(place: Path, budget: Budget = Budget()) -> None:  # noqa: B008 - a value
    install(place)
    written(place, "")
    print(f"{versions()}\n", flush=True)  # noqa: T201 - a command
    for name, told in rows(commands(place), place, budget):
        print(f"| {name} | {told} |", flush=True)  # noqa: T201 - a command


def run(words: list[str]) -> None:
    """`words` may name a folder that is kept, and then the rounds."""
    budget = Budget(rounds=int(words[1])) if words[1:] else Budget()
    if words:
        Path(words[0]).mkdir(parents=True, exist_ok=True)
        main(Path(words[0]).absolute(), budget)
        return
    with TemporaryDirectory() as place:
        main(Path(place), budget)


if __name__ == "__main__":
    run(sys.argv[1:])
