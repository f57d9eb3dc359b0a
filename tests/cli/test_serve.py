"""`mockserver serve` as a process: its output, its end and its exit codes."""

import json
import re
import signal

import pytest

from mockserver.config.registry import load_providers
from tests.support.processes import FIXED_OPTIONS, serve
from tests.support.simulation import CLICK_TO_CALL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_announces_itself_answers_and_exits_with_0_on_a_signal(number: int) -> None:
    with serve("serve", *FIXED_OPTIONS) as server:
        ready, providers = server.ready, load_providers()
        assert (ready["clock"], ready["seed"]) == ("manual", "x")
        assert int(ready["providers"]) == len(providers)
        assert server.bases == [f"  {name}: {ready['base']}/{name}\n" for name in providers]
        assert json.loads(server.request("/_mock/health"))["seed"] == "x"
        assert server.end(number) == (0, "", "")


def test_a_server_logs_one_line_per_journal_entry_and_no_secret() -> None:
    with serve(*FIXED_OPTIONS) as server:
        server.request("/api/v2/voice/c2c?access_token=very-secret", dict(CLICK_TO_CALL))
        server.request("/_mock/clock/advance", {"until": "idle"})
        code, output, errors = server.end()
    lines = errors.splitlines()
    assert (code, output, len(lines)) == (0, "", 15)
    assert lines[0] == "09:00:00 mobtexting c1 r1 POST /api/v2/voice/c2c 200"
    assert lines[5] == "09:00:02 mobtexting c1 b ring 918867136000 (to)"
    assert lines[-2].endswith("/_mock/inboxes/mobtexting 200 delivered")
    assert "very-secret" not in errors


def test_a_quiet_server_logs_nothing() -> None:
    with serve(*FIXED_OPTIONS, "--quiet") as server:
        server.request("/api/v2/voice/c2c", dict(CLICK_TO_CALL))
        server.request("/_mock/clock/advance", {"until": "idle"})
        assert server.end() == (0, "", "")


def test_settings_come_from_variables_and_flags_win() -> None:
    variables = {
        "MOCKSERVER_PORT": "0",
        "MOCKSERVER_CLOCK": "manual",
        "MOCKSERVER_SEED": "outer",
        "MOCKSERVER_QUIET": "yes",
        "MOCKSERVER_START_AT": "2026-01-01T09:00:00Z",
    }
    with serve("--seed", "inner", **variables) as server:
        assert (server.ready["clock"], server.ready["seed"]) == ("manual", "inner")
        server.request("/api/v2/voice/c2c", dict(CLICK_TO_CALL))
        now = json.loads(server.request("/_mock/clock"))["now"]
        assert (now, server.end()) == ("2026-01-01T09:00:00.000Z", (0, "", ""))


def test_a_server_without_a_seed_draws_and_prints_one() -> None:
    with serve("--port", "0") as server:
        assert re.fullmatch("[0-9a-f]{6}", server.ready["seed"])
        assert server.ready["clock"] == "real"
        assert json.loads(server.request("/_mock/health"))["seed"] == server.ready["seed"]


def fetch_journal(hash_seed: str) -> bytes:
    with serve(*FIXED_OPTIONS, "--quiet", PYTHONHASHSEED=hash_seed) as server:
        account = "/_mock/accounts/mobtexting/mobtexting-default"
        change = {"credentials": ["very-secret", "b", "c"], "numbers": None, "balance": "9.50"}
        server.request(account, change, "PATCH")
        for to in ("918867136000", "918867136001", "918867136002"):
            server.request(
                "/api/v2/voice/c2c", {**CLICK_TO_CALL, "to": to, "variables": {"b": 1, "a": 2}}
            )
            server.request("/_mock/clock/advance", {"by": "5s"})
        server.request("/_mock/clock/advance", {"until": "idle"})
        return server.request("/_mock/journal")


def test_the_same_seed_start_and_requests_give_the_same_bytes_in_every_process() -> None:
    first, second = fetch_journal("1"), fetch_journal("4242")
    assert first == second
    assert len(json.loads(first)["entries"]) == 1 + 3 * 14 + 4
    assert b"very-secret" not in first
