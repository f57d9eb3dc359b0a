"""`mockserver timeline` prints what has happened at a running server."""

import pytest
from click.testing import CliRunner, Result

from mockserver.app import run_server
from mockserver.cli import group
from mockserver.client import MockServer
from mockserver.settings import Settings
from tests.support.client_calls import click_to_call


def run_timeline(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["timeline", *arguments])


@pytest.fixture(scope="module")
def origin() -> object:
    with run_server(Settings(port=0, clock="manual", seed="s", quiet=True)) as origin:
        with MockServer(origin, "mine") as mock:
            mock.open(clock="manual", start_at="2026-01-01T09:00:00Z")
            click_to_call(mock)
        yield origin


@pytest.mark.parametrize(
    ("arguments", "first_line"),
    [
        ((), "sequenceDiagram"),
        (("--mermaid",), "sequenceDiagram"),
        (("c1",), "sequenceDiagram"),
        (("--text",), "09:00:00 mobtexting c1 r1 POST /mobtexting/api/v2/voice/c2c 200"),
        (("c1", "--text"), "09:00:00 mobtexting c1 r1 POST /mobtexting/api/v2/voice/c2c 200"),
    ],
)
def test_timeline_prints_a_diagram_or_text_of_all_calls_or_one(
    origin: str, arguments: tuple[str, ...], first_line: str
) -> None:
    result = run_timeline(*arguments, "--url", origin, "--sandbox", "mine")
    assert (result.exit_code, result.output.splitlines()[0]) == (0, first_line)


def test_timeline_of_an_unknown_call_exits_with_1(origin: str) -> None:
    result = run_timeline("c7", "--url", origin)
    assert result.exit_code == 1
    assert "no call is named c7" in result.output


def test_timeline_without_a_server_exits_with_1() -> None:
    result = run_timeline("--url", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert result.output.startswith("mockserver: nobody answers at http://127.0.0.1:9: ")
