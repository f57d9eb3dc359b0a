"""`mockserver exec --https` leads a command here, and leaves nothing behind."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import group
from mockserver.cli.passed_signals import passing_signals_on
from mockserver.settings.signals import ENDING_SIGNALS
from tests.support.processes import heeded_signals, start

SHOW_AND_END = (
    "import os, sys;"
    "folder = os.path.dirname(os.environ['MOCKSERVER_CA']);"
    "print(folder, oct(os.stat(folder).st_mode)[-3:], file=open(sys.argv[1], 'w'));"
    "sys.exit(int(sys.argv[2]))"
)
ASK = (
    "import urllib.error, urllib.request\n"
    "for host in ('portal.mobtexting.com', 'acme.eu.ccaiplatform.com', 'other.test'):\n"
    "    try: urllib.request.urlopen(f'https://{host}/none')\n"
    "    except OSError as error: print(error)"
)
ANSWERS = """\
HTTP Error 404: Not Found
HTTP Error 404: Not Found
<urlopen error Tunnel connection failed: 403 mockserver emulates no other.test:443>
"""


@pytest.fixture(autouse=True)
def _heeded_signals() -> Iterator[None]:
    with heeded_signals():
        yield


def run_exec(*arguments: str, environment: dict[str, str | None] | None = None) -> Result:
    return CliRunner().invoke(group, ["exec", *arguments], env=environment)


@pytest.mark.parametrize("code", [0, 7])
def test_the_folder_of_exec_is_private_and_gone_after_the_command(
    code: int, tmp_path: Path
) -> None:
    file = tmp_path / "seen"
    result = run_exec("--https", "--", sys.executable, "-c", SHOW_AND_END, str(file), str(code))
    folder, mode = file.read_text().split()
    assert (result.exit_code, result.output, mode) == (code, "", "700")
    assert not Path(folder).exists()


def test_the_folder_of_exec_is_gone_after_an_unknown_command(tmp_path: Path) -> None:
    result = run_exec("--https", "--", "no-such-command", environment={"TMPDIR": str(tmp_path)})
    assert result.exit_code == 127
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_the_folder_of_exec_and_its_command_are_gone_after_a_signal(number: int) -> None:
    show = "print(os.getpid(), os.environ['MOCKSERVER_CA'], flush=True)"
    program = f"import os, signal; signal.signal(2, signal.SIG_DFL); {show}; signal.pause()"
    words = ("exec", "--https", "--", sys.executable, "-c", program)
    with start(*words, before=("sh", "-c", 'exec "$@" < /dev/null', "sh")) as process:
        assert process.stdout
        pid, authority = process.stdout.readline().split()
        process.send_signal(number)
        assert (process.wait(timeout=10), process.communicate()[1]) == (128 + number, "")
    assert not Path(authority).parent.exists()
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_a_command_does_not_begin_after_a_signal_that_came_before_it(number: int) -> None:
    before = signal.getsignal(number)
    with passing_signals_on() as run:
        signal.raise_signal(number)
        assert run(["no-such-command"], {}) == 128 + number
    assert signal.getsignal(number) == before


SIGNAL_THE_PARENT = """\
import os, signal, sys
numbers = {signal.SIGINT, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
for number in (signal.SIGINT, signal.SIGTERM): os.kill(os.getppid(), number)
sys.exit(signal.sigwait(numbers))
"""
"""Its code is the first signal that it gets back."""


@pytest.mark.parametrize(
    ("terminals", "first"),
    [
        ((), signal.SIGINT),
        ((0,), signal.SIGTERM),
        ((1,), signal.SIGTERM),
        ((2,), signal.SIGTERM),
    ],
)
def test_ctrl_c_is_passed_on_only_if_no_stream_is_a_terminal(
    terminals: tuple[int, ...], first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terminal itself sends it to the command, also if its input is a pipe."""
    monkeypatch.setattr(os, "isatty", lambda stream: stream in terminals)
    with passing_signals_on() as run:
        assert run([sys.executable, "-c", SIGNAL_THE_PARENT], os.environ) == first


def test_a_command_of_exec_reaches_the_server_by_https() -> None:
    with start("exec", "--https", "--", sys.executable, "-c", ASK) as process:
        assert (process.wait(timeout=20), process.communicate()[0]) == (0, ANSWERS)


def test_an_exception_for_a_vendor_is_left_out_with_a_warning() -> None:
    words = ("-c", "import os, sys; sys.exit('mobtexting' in os.environ['NO_PROXY'])")
    result = run_exec(
        "--https",
        *("--", sys.executable, *words),
        environment={"NO_PROXY": ".mobtexting.com", "no_proxy": None},
    )
    warning = (
        "mockserver: NO_PROXY '.mobtexting.com' does not apply here: it would lead "
        "portal.mobtexting.com past the mock server\n"
    )
    assert (result.exit_code, result.output) == (0, warning)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--http-proxy",), "mockserver: http-proxy goes with --https\n"),
        (("--https-port", "0"), "mockserver: https-port goes with --https\n"),
        (("--clock", "x"), "mockserver: clock 'x' is not a mode: "),
        (("--scenarios", "/gone"), "there is no file or directory /gone"),
        (("--scenarios", "WRONG"), "1:1: unknown key 'scenario'"),
    ],
)
def test_exec_refuses_settings_that_no_server_starts_with(
    options: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("scenario: {}\n")
    words = [word.replace("WRONG", str(wrong)) for word in options]
    result = run_exec(*words, "--", "true")
    assert (result.exit_code, message in result.output) == (2, True), result.output


def test_http_goes_to_the_server_only_with_an_option() -> None:
    words = ("-c", "import os, sys; sys.exit('http_proxy' in os.environ)")
    for options, code in ((("--https",), 0), (("--https", "--http-proxy"), 1)):
        environment: dict[str, str | None] = {"http_proxy": None}
        result = run_exec(*options, "--", sys.executable, *words, environment=environment)
        assert result.exit_code == code
