"""A server that says it is ready is, each time that it is started."""

import json

from tests.cli.conftest import FIXED, serving

TIMES = 5  # for each run that is asked for


def test_ready_is_true_at_every_cold_start(runs: range) -> None:
    for _ in range(TIMES * len(runs)):
        with serving(*FIXED, "--quiet") as running:
            assert json.loads(running.ask("/_mock/health"))["status"] == "ok"
            assert running.end() == (0, "", "")
