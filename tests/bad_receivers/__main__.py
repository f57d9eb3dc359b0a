"""`python -m tests.bad_receivers [CALLS]`: three bad receivers cost the seven others nothing.

Calls of all five vendors report to ten receivers, of which one never answers, one resets each
connection, and one answers after two seconds. The command fails if a report to one of the others
is lost or comes twice, by the journal and by what a call of its vendor reports.

Then the lateness: the time between when a report was due and its arrival. The command first
measures the rate that a core carries, in calls a second with ten healthy receivers. At half of it,
on a real clock, it places the calls once with ten healthy receivers and once with the bad three.
It fails if the lateness at the same seven receivers at p99.9 is more than 50 ms higher with them.
"""

import json
import sys
from typing import Final

from tests.bad_receivers.ledger import percentile
from tests.bad_receivers.receivers import BAD
from tests.bad_receivers.runner import measure_rate, run

LIMIT: Final = 50.0  # ms
SHARES: Final = (0.5, 0.99, 0.999, 1.0)


def describe(late: list[float]) -> str:
    figures = (f"p{100 * share:g} {percentile(late, share):.1f} ms" for share in SHARES)
    return f"{len(late):,} reports to the seven, {', '.join(figures)}"


def main(count: int) -> int:
    carried = measure_rate()
    rate = carried / 2
    print(f"a core carries {carried:,.0f} calls a second, half is {rate:,.0f}", flush=True)  # noqa: T201
    problems, late = list[str](), list[float]()
    for name, bad in (("without", ()), ("with", BAD)):
        result = run(count, rate, bad)
        problems += [f"{name} the three: {problem}" for problem in result.problems]
        late.append(percentile(result.lateness, 0.999))
        print(f"{name} the bad three: {describe(result.lateness)}", flush=True)  # noqa: T201
        print(f"  {result.counts}", flush=True)  # noqa: T201
    if late[1] - late[0] > LIMIT:
        problems.append(f"p99.9 is {late[1] - late[0]:.1f} ms above that without the three")
    print(json.dumps({"wrong": problems}))  # noqa: T201 - a command
    return int(bool(problems))


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [100_000][len(given) :])))
