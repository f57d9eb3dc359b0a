"""`python -m tests.simulation SEEDS [FROM]`: run each seed twice until one has a violation."""

import sys

from mockserver.compiler import build_configuration
from mockserver.settings import parse_settings
from tests.simulation.judged import judge

if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    count, first = (*arguments, *(1_000, 0)[len(arguments) :])
    configuration = build_configuration(parse_settings({"seed": "simulation"}, {}))
    for seed in range(first, first + count):
        if violations := judge(configuration, seed)[0]:
            sys.exit("\n".join(violations))
        if seed % 100 == 99:
            print(f"{seed + 1 - first} of {count}", flush=True)  # noqa: T201 - a command
