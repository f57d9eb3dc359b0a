"""The how-to on ordeals: its receiver is right, and it names every case of a vendor."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.app import run_server
from mockserver.ordeal.cases import CASES
from mockserver.ordeal.plan import Plan
from mockserver.ordeal.runner import run_ordeal
from mockserver.settings import Settings
from tests.support.ordeal_vendors import VENDORS

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "ordeal.md").read_text("utf-8")
[RECEIVER] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def receiver_url(tmp_path: Path) -> Iterator[str]:
    """The URL of the receiver of the page, in a process of its own."""
    (tmp_path / "receiver.py").write_text(RECEIVER, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "receiver.py", str(port), "calls.db"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - the page's own text
        wait_for_port(port)
        yield f"http://127.0.0.1:{port}"
        process.kill()


def wait_for_port(port: int) -> None:
    since = time.monotonic()
    while time.monotonic() - since < 20:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the receiver does not listen")


def test_the_receiver_of_the_page_is_right(receiver_url: str) -> None:
    hook = f"{receiver_url}/hook"
    settings = Settings(
        port=0, clock="manual", quiet=True, number_plan=False, webhook={"mobtexting": hook}
    )
    with run_server(settings) as origin:
        plan = Plan(
            provider="mobtexting",
            vendor=VENDORS["mobtexting"],
            seed="s",
            to=hook,
            probe=f"{receiver_url}/count",
        )
        report = run_ordeal(origin, plan)
    assert {verdict.case.name: verdict.state for verdict in report.verdicts} == dict.fromkeys(
        VENDORS["mobtexting"].cases, "right"
    )


def test_the_page_names_every_case() -> None:
    table = PAGE.partition("## The cases")[2].partition("\n\nEach vendor")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert re.findall(r"`([\w-]+)`", " ".join(cells)) == [case.name for case in CASES]
