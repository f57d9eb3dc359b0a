"""A server that says it is ready is, each time that it is started."""

import json

from tests.support.processes import FIXED_OPTIONS, serve

TIMES = 5  # for each run that is asked for


def test_ready_is_true_at_every_cold_start(runs: range) -> None:
    for _ in range(TIMES * len(runs)):
        with serve(*FIXED_OPTIONS, "--quiet") as running:
            assert json.loads(running.request("/_mock/health"))["status"] == "ok"
            assert running.end() == (0, "", "")
