"""Memory, open files and threads of a server, and whether they stay flat."""

import os
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, linear_regression
from typing import Final, NamedTuple

GROWTH_LIMIT: Final = 3.0
"""By how many percent of its mean memory may grow from the end of the first tenth to the end."""

VARIATION_LIMIT: Final = 10  # by which the numbers of files and threads may vary
PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class Sample(NamedTuple):
    """The resources of the server `after` seconds."""

    after: float
    memory: float  # MB
    files: int
    threads: int


def take_sample(pid: int, after: float) -> Sample:
    proc = Path(f"/proc/{pid}")
    pages = int((proc / "statm").read_text("ascii").split()[1])
    files, threads = (len(list((proc / kind).iterdir())) for kind in ("fd", "task"))
    return Sample(after, pages * PAGE / 1e6, files, threads)


def steady_part(samples: Sequence[Sample], seconds: float) -> Sequence[Sample]:
    """Return the samples after the first tenth, in which the server reaches its bounds."""
    return [sample for sample in samples if sample.after >= seconds / 10]


def memory_growth(steady: Sequence[Sample]) -> float:
    """Return by how many percent of its mean memory grows, by the line that fits best."""
    memory = [sample.memory for sample in steady]
    line = linear_regression([sample.after for sample in steady], memory)
    return 100 * line.slope * (steady[-1].after - steady[0].after) / fmean(memory)


def spread(counts: Sequence[int]) -> int:
    return max(counts) - min(counts)


def describe(steady: Sequence[Sample]) -> str:
    """Return the figures in one line."""
    memory = [sample.memory for sample in steady]
    return (
        f"memory {min(memory):.1f} to {max(memory):.1f} MB, mean {fmean(memory):.1f}, "
        f"{memory_growth(steady):+.2f} % over the last nine tenths; "
        f"files +-{spread([sample.files for sample in steady])}, "
        f"threads +-{spread([sample.threads for sample in steady])}; {len(steady)} samples"
    )


def find_growth(steady: Sequence[Sample]) -> list[str]:
    """Return what is not flat."""
    growth = memory_growth(steady)
    problems = [f"memory grows by {growth:.1f} % of its mean"] if growth > GROWTH_LIMIT else []
    for name, counts in (
        ("open files", [sample.files for sample in steady]),
        ("threads", [sample.threads for sample in steady]),
    ):
        if spread(counts) > VARIATION_LIMIT:
            problems.append(f"{name} vary by {spread(counts)}")
    return problems
