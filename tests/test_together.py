"""Five hundred tests in random order on eight workers share a server without interference."""

import re
import subprocess
import sys
from pathlib import Path

from mockserver.app import run_server
from mockserver.settings import Settings

SUITE = '''
"""Each test is of one caller; whatever it meets of anybody else would make it fail."""

import httpx
import pytest

CLIENT = httpx.Client(trust_env=False)
OUTCOMES = ("answered", "callee-busy", "no-answer", "rejected", "hangs-up-early")


@pytest.mark.parametrize("nth", range(500))
def test_alone(mock_calls, nth):
    number, scenario = f"9188{nth:08d}"[:4] + f"{71360000 + nth}", OUTCOMES[nth % 5]
    mock_calls.deliver("mobtexting", to=mock_calls.inbox_url("mine"))
    mock_calls.use(scenario, times=1)
    click = {"bridge": "918068281234", "from": "918867135000", "to": number}
    url = mock_calls.url("mobtexting") + "/api/v2/voice/c2c"
    headers = {"authorization": "Bearer shared-by-all", "accept": "application/json"}
    placed = mock_calls.raise_for_fault(CLIENT.post(url, json=click, headers=headers))
    assert placed.headers["x-mock-call"] == "c1"
    mock_calls.finish()
    [call] = mock_calls.calls()
    assert (call.id, call.leg("b").number) == ("c1", number)
    [webhook] = mock_calls.webhooks()
    [received] = mock_calls.inbox("mine")
    assert received.body == webhook.body
    [request] = mock_calls.requests()
    assert request.body["to"] == number
'''


def test_500_parallel_tests_in_random_order_do_not_see_each_other(tmp_path: Path) -> None:
    (tmp_path / "test_alone.py").write_text(SUITE, "utf-8")
    with run_server(Settings(port=0, quiet=True)) as origin:
        arguments = ("-n", "8", "--random-order", "-q", "-p", "no:cacheprovider", str(tmp_path))
        result = subprocess.run(  # noqa: S603 - our own suite
            [sys.executable, "-m", "pytest", "--mock-calls-url", origin, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=tmp_path,
        )
    assert re.findall(r"(\d+) passed", result.stdout) == ["500"], result.stdout[-3_000:]
    assert "failed" not in result.stdout
