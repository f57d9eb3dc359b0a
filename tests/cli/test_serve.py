"""The command as a process of its own: its lines, its end, its exit codes."""

import json
import re
import signal

import pytest

from mockserver.config.registry import load_providers
from tests.support.processes import FIXED_OPTIONS, serve
from tests.support.simulation import CLICK_TO_CALL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_from_its_first_line_to_its_end(number: int) -> None:
    with serve("serve", *FIXED_OPTIONS) as running:
        ready, known = running.ready, load_providers()
        assert (ready["clock"], ready["seed"]) == ("manual", "x")
        assert int(ready["providers"]) == len(known)
        assert running.bases == [f"  {name}: {ready['base']}/{name}\n" for name in known]
        assert json.loads(running.request("/_mock/health"))["seed"] == "x"
        assert running.end(number) == (0, "", "")


def test_a_server_logs_a_line_for_each_fact_and_no_secret() -> None:
    with serve(*FIXED_OPTIONS) as running:
        running.request("/api/v2/voice/c2c?access_token=very-secret", dict(CLICK_TO_CALL))
        running.request("/_mock/clock/advance", {"until": "idle"})
        code, out, errors = running.end()
    lines = errors.splitlines()
    assert (code, out, len(lines)) == (0, "", 14)
    assert lines[0] == "09:00:00 mobtexting c1 r1 POST /api/v2/voice/c2c 200"
    assert lines[5] == "09:00:02 mobtexting c1 b ring"
    assert lines[-2].endswith("{origin}/_mock/inbox/mobtexting 200 delivered")
    assert "very-secret" not in errors


def test_a_quiet_server_says_nothing_more() -> None:
    with serve(*FIXED_OPTIONS, "--quiet") as running:
        running.request("/api/v2/voice/c2c", dict(CLICK_TO_CALL))
        running.request("/_mock/clock/advance", {"until": "idle"})
        assert running.end() == (0, "", "")


def test_variables_are_heeded_and_flags_win() -> None:
    variables = {
        "MOCKSERVER_PORT": "0",
        "MOCKSERVER_CLOCK": "manual",
        "MOCKSERVER_SEED": "outer",
        "MOCKSERVER_QUIET": "yes",
        "MOCKSERVER_START_AT": "2026-01-01T09:00:00Z",
    }
    with serve("--seed", "inner", **variables) as running:
        assert (running.ready["clock"], running.ready["seed"]) == ("manual", "inner")
        running.request("/api/v2/voice/c2c", dict(CLICK_TO_CALL))
        now = json.loads(running.request("/_mock/clock"))["now"]
        assert (now, running.end()) == ("2026-01-01T09:00:00.000Z", (0, "", ""))


def test_a_seed_is_drawn_and_printed() -> None:
    with serve("--port", "0") as running:
        assert re.fullmatch("[0-9a-f]{6}", running.ready["seed"])
        assert running.ready["clock"] == "real"
        assert json.loads(running.request("/_mock/health"))["seed"] == running.ready["seed"]


def journal(hash_seed: str) -> bytes:
    with serve(*FIXED_OPTIONS, "--quiet", PYTHONHASHSEED=hash_seed) as running:
        account = "/_mock/accounts/mobtexting/mobtexting-default"
        change = {"credentials": ["very-secret", "b", "c"], "numbers": None, "balance": "9.50"}
        running.request(account, change, "PATCH")
        for to in ("918867136000", "918867136001", "918867136002"):
            running.request(
                "/api/v2/voice/c2c", {**CLICK_TO_CALL, "to": to, "variables": {"b": 1, "a": 2}}
            )
            running.request("/_mock/clock/advance", {"by": "5s"})
        running.request("/_mock/clock/advance", {"until": "idle"})
        return running.request("/_mock/journal")


def test_same_seed_start_and_requests_give_the_same_bytes_in_every_process() -> None:
    first, second = journal("1"), journal("4242")
    assert first == second
    assert len(json.loads(first)["facts"]) == 1 + 3 * 13 + 4
    assert b"very-secret" not in first
