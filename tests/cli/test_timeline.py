"""What has happened at a running server, printed."""

import pytest
from click.testing import CliRunner, Result

from mockserver.app import run_server
from mockserver.cli import group
from mockserver.client import MockServer
from mockserver.settings import Settings
from tests.support.client_calls import click_to_call


def printed(*words: str) -> Result:
    return CliRunner().invoke(group, ["timeline", *words])


@pytest.fixture(scope="module")
def origin() -> object:
    with run_server(Settings(port=0, clock="manual", seed="s", quiet=True)) as origin:
        with MockServer(origin, "mine") as mock:
            mock.open(clock="manual", start_at="2026-01-01T09:00:00Z")
            click_to_call(mock)
        yield origin


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ((), "sequenceDiagram"),
        (("--mermaid",), "sequenceDiagram"),
        (("c1",), "sequenceDiagram"),
        (("--text",), "09:00:00 mobtexting c1 r1 POST /mobtexting/api/v2/voice/c2c 200"),
        (("c1", "--text"), "09:00:00 mobtexting c1 r1 POST /mobtexting/api/v2/voice/c2c 200"),
    ],
)
def test_timeline(origin: str, words: tuple[str, ...], first: str) -> None:
    done = printed(*words, "--url", origin, "--sandbox", "mine")
    assert (done.exit_code, done.output.splitlines()[0]) == (0, first)


def test_timeline_of_an_unknown_call(origin: str) -> None:
    done = printed("c7", "--url", origin)
    assert done.exit_code == 1
    assert "no call is named c7" in done.output


def test_timeline_where_nobody_answers() -> None:
    done = printed("--url", "http://127.0.0.1:9")
    assert done.exit_code == 1
    assert done.output.startswith("mockserver: nobody answers at http://127.0.0.1:9: ")
