"""`python -m tests.simulation SEEDS [FROM]`: each seed twice; the first wrong one ends it."""

import sys

from mockserver.compiler import build_configuration
from mockserver.settings import parse_settings
from tests.simulation.judged import judged

if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    many, first = (*words, *(1_000, 0)[len(words) :])
    start = build_configuration(parse_settings({"seed": "simulation"}, {}))
    for seed in range(first, first + many):
        if flaws := judged(start, seed)[0]:
            sys.exit("\n".join(flaws))
        if seed % 100 == 99:
            print(f"{seed + 1 - first} of {many}", flush=True)  # noqa: T201 - a command
