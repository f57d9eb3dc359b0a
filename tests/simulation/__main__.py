"""`python -m tests.simulation SEEDS [FROM]`: run each seed twice until one has a violation.

Each seed is run by the engine alone, and with the scheduler and connections on jumping clocks.
"""

import sys
from collections import Counter

from mockserver.compiler import build_configuration
from mockserver.settings import parse_settings
from tests.simulation.judged import judge
from tests.simulation.live_checks import judge_live

if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    count, first = (*arguments, *(1_000, 0)[len(arguments) :])
    configuration = build_configuration(parse_settings({"seed": "simulation"}, {}))
    occurred: Counter[str] = Counter()
    for seed in range(first, first + count):
        violations = judge(configuration, seed)[0]
        live_violations, live_occurrences = judge_live(configuration, seed)
        if violations or live_violations:
            sys.exit("\n".join([*violations, *live_violations]))
        occurred.update(live_occurrences)
        if seed % 100 == 99:
            print(f"{seed + 1 - first} of {count}", flush=True)  # noqa: T201 - a command
    for name, number in sorted(occurred.items()):
        print(f"{number:7} {name}")  # noqa: T201 - a command
