"""What `serve` prints: JSON in every line if asked for, and colors on a terminal."""

import json
import socket
from io import StringIO

import pytest

from mockserver.cli.serve import wants_color
from tests.support.processes import run_to_end


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "expected"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": "0"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (Terminal(), {"TERM": "xterm"}, True),
        (StringIO(), {"TERM": "xterm"}, False),
    ],
)
def test_only_a_terminal_gets_colors_unless_a_variable_forbids_them(
    stream: StringIO,
    environment: dict[str, str],
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert wants_color(stream, environment) == expected


def test_a_json_log_says_in_json_why_the_server_does_not_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        result = run_to_end("serve", "--port", str(port), "--log-format", "json")
    [line] = result.stderr.splitlines()
    assert json.loads(line) == {
        "type": "start-error",
        "message": f"mockserver: port {port} of 127.0.0.1 is taken: stop what listens there, or "
        "choose another by --port",
    }
    assert (result.returncode, result.stdout) == (3, "")
