"""A seed is played twice and judged."""

from collections import Counter

from mockserver.core.configuration import Configuration
from tests.simulation.history import Edge, edges, wrong
from tests.simulation.runner import Run


def judged(start: Configuration, seed: int) -> tuple[list[str], Counter[str], Counter[Edge]]:
    """What is wrong with a seed, led by the command that shows it; what it met; edges taken."""
    first, second = (Run(start, seed).play() for _ in range(2))
    flaws = [
        *wrong(first.history),
        *([] if first.digest == second.digest else ["two runs of this seed differ"]),
        *(f"{one} never comes to rest" for one in first.unfinished),
        *(f"{kind} on record" for kind in ("fact error",) if first.met[kind]),
    ]
    shown = [f"python -m tests.simulation 1 {seed}", *flaws] if flaws else []
    return shown, first.met, edges(first.history)
