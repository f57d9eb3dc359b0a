"""`mockserver exec` runs a command beside a server."""

import signal
import sys

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import group
from tests.support.processes import start

CHECK_SERVER = (
    "import json, os, sys, urllib.request as u;"
    "o = u.build_opener(u.ProxyHandler({}));"
    "h = json.load(o.open(os.environ['MOCKSERVER_URL'] + '/_mock/health'));"
    "same = os.environ['MOBTEXTING_URL'] == os.environ['MOCKSERVER_URL'] + '/mobtexting';"
    "sys.exit(40 + same + (h['clock'] == sys.argv[1]))"
)


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_exec_passes_a_signal_on_to_its_command_and_returns_the_code_of_it(number: int) -> None:
    words = ("exec", "--", sys.executable, "-c", TELL_SIGNALS, str(int(number)))
    with start(*words, before=WITHOUT_TERMINAL) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert (process.wait(timeout=10), process.communicate()[1]) == (40 + number, "")


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
