"""Runs a seed twice and checks its history."""

from collections import Counter

from mockserver.core.configuration import Configuration
from tests.simulation.history import Edge, count_edges, find_violations
from tests.simulation.runner import Run


def judge(configuration: Configuration, seed: int) -> tuple[list[str], Counter[str], Counter[Edge]]:
    """Return violations, led by the command that shows them, occurrences and edges taken."""
    first, second = (Run(configuration, seed).play() for _ in range(2))
    violations = [
        *find_violations(first.history),
        *([] if first.digest == second.digest else ["two runs of this seed differ"]),
        *(f"{call} never comes to rest" for call in first.unfinished),
        *(f"{occurrence} on record" for occurrence in ("entry error",) if first.met[occurrence]),
    ]
    report = [f"python -m tests.simulation 1 {seed}", *violations] if violations else []
    return report, first.met, count_edges(first.history)
