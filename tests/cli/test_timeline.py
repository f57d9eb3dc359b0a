"""`mockserver timeline` prints what has happened at a running server."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from click.testing import CliRunner, Result

from mock_calls import MockServer
from mockserver.app import run_server
from mockserver.cli import group
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
    detail = "no call is named c7: GET /_mock/calls lists them"
    assert (result.exit_code, result.output) == (1, f"mockserver: {detail}\n")


@pytest.mark.parametrize("body", ["<h1>Not here</h1>", "[]", '{"error": "none"}'])
def test_timeline_of_another_server_shows_what_that_says(body: str) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """The output is that of the command."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        result = run_timeline("--url", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert (result.exit_code, result.output) == (1, f"mockserver: 404 {body}\n")


def test_timeline_without_a_server_exits_with_1() -> None:
    result = run_timeline("--url", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert result.output.startswith("mockserver: nobody answers at http://127.0.0.1:9 (")


def test_timeline_asks_the_server_that_the_variables_name(origin: str) -> None:
    host, _, port = origin.removeprefix("http://").partition(":")
    variables = {"MOCKSERVER_HOST": host, "MOCKSERVER_PORT": port}
    words = ["timeline", "--sandbox", "mine"]
    result = CliRunner().invoke(group, words, env=variables)
    assert (result.exit_code, result.output.splitlines()[0]) == (0, "sequenceDiagram")
