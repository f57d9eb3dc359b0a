"""A server answers as soon as it has announced itself, at every start."""

import json

from tests.support.processes import FIXED_OPTIONS, serve

TIMES = 5  # per requested run


def test_a_server_that_announces_itself_answers_at_every_cold_start(runs: range) -> None:
    for _ in range(TIMES * len(runs)):
        with serve(*FIXED_OPTIONS, "--quiet") as server:
            assert json.loads(server.request("/_mock/health"))["status"] == "ok"
            assert server.end() == (0, "", "")
