"""`mockserver exec` runs a command beside a server."""

import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import group
from mockserver.settings.signals import ENDING_SIGNALS
from tests.support.processes import heeded_signals, start

CHECK_SERVER = (
    "import json, os, sys, urllib.request as u;"
    "o = u.build_opener(u.ProxyHandler({}));"
    "h = json.load(o.open(os.environ['MOCKSERVER_URL'] + '/_mock/health'));"
    "same = os.environ['MOBTEXTING_URL'] == os.environ['MOCKSERVER_URL'] + '/mobtexting';"
    "sys.exit(40 + same + (h['clock'] == sys.argv[1]))"
)


@pytest.fixture(autouse=True)
def _heeded_signals() -> Iterator[None]:
    with heeded_signals():
        yield


def run_exec(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["exec", *arguments])


@pytest.mark.parametrize(
    ("options", "clock"), [((), "real"), (("--clock", "manual", "--seed", "s"), "manual")]
)
def test_exec_sets_the_addresses_and_returns_the_exit_code_of_its_command(
    options: tuple[str, ...], clock: str
) -> None:
    result = run_exec(*options, "--", sys.executable, "-c", CHECK_SERVER, clock)
    assert (result.exit_code, result.output) == (42, "")


def test_exec_of_an_unknown_command_exits_with_127() -> None:
    result = run_exec("--", "no-such-command")
    assert (result.exit_code, result.output) == (
        127,
        "mockserver: there is no command no-such-command\n",
    )


@pytest.mark.parametrize(
    ("text", "mode", "reason"),
    [
        ("#!/bin/sh\n", 0o644, "it is no executable file"),
        ("exit 0\n", 0o755, "a script begins with a line such as #!/bin/sh"),
        ("#!/no/such\n", 0o755, "its first line names an interpreter that is not there"),
    ],
)
def test_exec_of_a_file_that_cannot_be_executed_exits_with_126(
    text: str, mode: int, reason: str, tmp_path: Path
) -> None:
    file = tmp_path / "script"
    file.write_text(text, "utf-8")
    file.chmod(mode)
    result = run_exec("--", str(file))
    expected = (126, f"mockserver: {file} cannot be executed: {reason}\n")
    assert (result.exit_code, result.output) == expected


def test_exec_of_a_command_that_is_too_long_says_what_the_system_says() -> None:
    result = run_exec("--", "true", "x" * 1_000_000)
    expected = (126, "mockserver: true cannot be executed: Argument list too long\n")
    assert (result.exit_code, result.output) == expected


@pytest.mark.parametrize("options", [(), ("--https",)])
def test_exec_on_a_taken_port_exits_with_3_and_does_not_begin_the_command(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "begun"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        result = run_exec("--port", str(port), *options, "--", "touch", str(file))
    expected = (
        f"mockserver: port {port} of 127.0.0.1 is taken: stop what listens there, "
        "or choose another by --port\n"
    )
    assert (result.exit_code, result.output, file.exists()) == (3, expected, False)


def test_exec_on_a_taken_port_for_tls_exits_with_3() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        result = run_exec("--https", "--https-port", str(port), "--", "true")
    assert (result.exit_code, result.output.endswith("by --https-port\n")) == (3, True)


def test_exec_refuses_an_unknown_option() -> None:
    result = run_exec("--clock-mode", "x")
    assert result.exit_code in (2, 127)


def test_exec_refuses_a_wrong_setting() -> None:
    result = run_exec("--port", "many", "--", "true")
    assert (result.exit_code, result.output[:11]) == (2, "mockserver:")


def test_exec_needs_a_command() -> None:
    assert run_exec().exit_code == 2


TELL_SIGNALS = (
    "import signal, sys;"
    "number = int(sys.argv[1]);"
    "signal.signal(number, lambda n, _: sys.exit(40 + n));"
    "print('ready', flush=True);"
    "signal.pause()"
)


WITHOUT_TERMINAL = ("sh", "-c", 'exec "$@" < /dev/null', "sh")
"""A terminal sends Ctrl-C to the command itself, so that it is not passed on."""

WITHOUT_INPUT = ("sh", "-c", 'exec "$@" <&-', "sh")
WITHOUT_HANGUP = ("sh", "-c", 'trap "" HUP; exec "$@"', "sh")
"""What `nohup` does."""


@pytest.mark.parametrize("before", [WITHOUT_TERMINAL, WITHOUT_INPUT])
@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_exec_passes_a_signal_on_to_its_command_and_returns_the_code_of_it(
    number: int, before: tuple[str, ...]
) -> None:
    words = ("exec", "--", sys.executable, "-c", TELL_SIGNALS, str(int(number)))
    with start(*words, before=before) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert (process.wait(timeout=10), process.communicate()[1]) == (40 + number, "")


def test_exec_below_nohup_passes_no_hangup_on() -> None:
    words = ("exec", "--", sys.executable, "-c", TELL_SIGNALS, str(int(signal.SIGHUP)))
    with start(*words, before=WITHOUT_HANGUP) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        assert (process.wait(timeout=10), process.communicate()[1]) == (128 + signal.SIGTERM, "")


def test_exec_of_a_command_that_a_signal_ends_has_the_code_of_a_shell() -> None:
    """The command leaves the signal as it is, so that it dies of it."""
    command = "print('ready', flush=True); import signal; signal.pause()"
    with start("exec", "--", sys.executable, "-c", command) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert (process.wait(timeout=10), process.communicate()[0]) == (128 + signal.SIGTERM, "")


def test_what_follows_the_command_belongs_to_the_command() -> None:
    words = (sys.executable, "-c", "import sys; sys.exit(sys.argv[1:] != ['-h', '--quiet'])")
    assert run_exec(*words, "-h", "--quiet").exit_code == 0


def test_an_unknown_option_before_the_command_is_an_error() -> None:
    result = run_exec("--prot", "1", sys.executable, "-c", "")
    assert (result.exit_code, "No such option" in result.output) == (2, True)
