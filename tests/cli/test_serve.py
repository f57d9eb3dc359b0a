"""The command as a process of its own: its lines, its end, its exit codes."""

import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import click
import pytest
from click.testing import CliRunner, Result

from mockserver import __version__, app, cli
from mockserver.catalog.document import Place, Problem, Unusable
from mockserver.catalog.registry import listings
from mockserver.cli import COMMANDS, group
from mockserver.settings import OPTIONS, Settings
from tests.conftest import CLICK

READY = re.compile(
    r"mockserver ready on (?P<base>http://127\.0\.0\.1:(?P<port>\d+)) "
    r"\(clock (?P<clock>\S+), seed (?P<seed>.+), (?P<providers>\d+) providers?, "
    r"(?P<scenarios>\d+) scenarios\)\n"
)
FIXED = ("--port", "0", "--clock", "manual", "--start-at", "2026-01-01T09:00:00Z", "--seed", "x")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")}


class Running:
    """A process that is ready, and what it said when it began."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout
        found = READY.fullmatch(process.stdout.readline())
        assert found
        self.ready = found.groupdict()
        self.bases = [process.stdout.readline() for _ in range(int(self.ready["providers"]))]

    def ask(self, path: str, body: object = None, method: str | None = None) -> bytes:
        content = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json", "authorization": "Bearer very-secret"}
        request = Request(f"{self.ready['base']}{path}", content, headers, method=method)  # noqa: S310 - loopback
        with build_opener(ProxyHandler({})).open(request, timeout=10) as answer:
            told: bytes = answer.read()
        return told

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code and the rest of both outputs; five seconds is the contract's limit."""
        self.process.send_signal(number)
        out, errors = self.process.communicate(timeout=5)
        return self.process.returncode, out, errors


@contextmanager
def serving(*arguments: str, **variables: str) -> Iterator[Running]:
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "mockserver", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=CLEAN | variables,
    )
    try:
        yield Running(process)
    finally:
        process.kill()
        process.communicate(timeout=10)


def ended(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "mockserver", *arguments],
        capture_output=True,
        text=True,
        env=CLEAN | variables,
        timeout=10,
        check=False,
    )


def called(*arguments: str, **variables: str | None) -> Result:
    """In this process, so that no server may come of it."""
    return CliRunner().invoke(group, ["serve", *arguments], env=variables)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ.keys() - CLEAN.keys():
        monkeypatch.delenv(name)


# --- a process ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_from_its_first_line_to_its_end(number: int) -> None:
    with serving("serve", *FIXED) as running:
        ready, known = running.ready, listings()
        assert (ready["clock"], ready["seed"]) == ("manual", "x")
        assert int(ready["providers"]) == len(known)
        assert running.bases == [f"  {name}: {ready['base']}/{name}\n" for name in known]
        assert json.loads(running.ask("/_mock/health"))["seed"] == "x"
        assert running.end(number) == (0, "", "")


def test_a_server_logs_a_line_for_each_fact_and_no_secret() -> None:
    with serving(*FIXED) as running:
        running.ask("/api/v2/voice/c2c?access_token=very-secret", dict(CLICK))
        running.ask("/_mock/clock/advance", {"until": "idle"})
        code, out, errors = running.end()
    lines = errors.splitlines()
    assert (code, out, len(lines)) == (0, "", 14)
    assert lines[0] == "09:00:00 mobtexting c1 r1 POST /api/v2/voice/c2c 200"
    assert lines[5] == "09:00:02 mobtexting c1 b ring"
    assert lines[-2].endswith("{origin}/_mock/inbox/mobtexting 200 delivered")
    assert "very-secret" not in errors


def test_a_quiet_server_says_nothing_more() -> None:
    with serving(*FIXED, "--quiet") as running:
        running.ask("/api/v2/voice/c2c", dict(CLICK))
        running.ask("/_mock/clock/advance", {"until": "idle"})
        assert running.end() == (0, "", "")


def test_variables_are_heeded_and_flags_win() -> None:
    variables = {
        "MOCKSERVER_PORT": "0",
        "MOCKSERVER_CLOCK": "manual",
        "MOCKSERVER_SEED": "outer",
        "MOCKSERVER_QUIET": "yes",
        "MOCKSERVER_START_AT": "2026-01-01T09:00:00Z",
    }
    with serving("--seed", "inner", **variables) as running:
        assert (running.ready["clock"], running.ready["seed"]) == ("manual", "inner")
        running.ask("/api/v2/voice/c2c", dict(CLICK))
        now = json.loads(running.ask("/_mock/clock"))["now"]
        assert (now, running.end()) == ("2026-01-01T09:00:00.000Z", (0, "", ""))


def test_a_seed_is_drawn_and_printed() -> None:
    with serving("--port", "0") as running:
        assert re.fullmatch("[0-9a-f]{6}", running.ready["seed"])
        assert running.ready["clock"] == "real"
        assert json.loads(running.ask("/_mock/health"))["seed"] == running.ready["seed"]


class Silent:
    """A receiver that takes what comes and never answers."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening.settimeout(10)
        self.lines: list[socket.socket] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}/hook"

    def wait(self) -> None:
        """Until a whole request has come in."""
        line, _ = self.listening.accept()
        self.lines.append(line)
        line.settimeout(10)
        assert line.recv(65_536).startswith(b"POST /hook HTTP/1.1\r\n")

    def close(self) -> None:
        for one in (self.listening, *self.lines):
            one.close()


@pytest.fixture
def silent() -> Iterator[Silent]:
    receiver = Silent()
    yield receiver
    receiver.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_ends_at_once_while_a_receiver_is_silent(silent: Silent, number: int) -> None:
    arguments = ("--port", "0", "--clock", "instant", "--webhook", f"mobtexting={silent.url}")
    with serving(*arguments, "--quiet") as running:
        running.ask("/api/v2/voice/c2c", dict(CLICK))
        silent.wait()
        assert running.end(number) == (0, "", "")


def test_a_server_ends_in_time_while_somebody_waits_for_an_advance(silent: Silent) -> None:
    """The advance waits for a receiver that does not answer."""

    def advance() -> None:
        try:
            answers.append(running.ask("/_mock/clock/advance", {"until": "idle"}))
        except OSError:
            answers.append(b"")

    answers = list[bytes]()
    with serving(*FIXED, "--quiet", "--webhook", f"mobtexting={silent.url}") as running:
        running.ask("/api/v2/voice/c2c", dict(CLICK))
        thread = threading.Thread(target=advance)
        thread.start()
        silent.wait()
        code, out, _ = running.end()
        thread.join(10)
    assert (code, out, len(answers)) == (0, "", 1)


def journal(hash_seed: str) -> bytes:
    with serving(*FIXED, "--quiet", PYTHONHASHSEED=hash_seed) as running:
        account = "/_mock/accounts/mobtexting/mobtexting-default"
        change = {"credentials": ["very-secret", "b", "c"], "numbers": None, "balance": "9.50"}
        running.ask(account, change, "PATCH")
        for to in ("918867136000", "918867136001", "918867136002"):
            running.ask("/api/v2/voice/c2c", {**CLICK, "to": to, "variables": {"b": 1, "a": 2}})
            running.ask("/_mock/clock/advance", {"by": "5s"})
        running.ask("/_mock/clock/advance", {"until": "idle"})
        return running.ask("/_mock/journal")


def test_same_seed_start_and_requests_give_the_same_bytes_in_every_process() -> None:
    first, second = journal("1"), journal("4242")
    assert first == second
    assert len(json.loads(first)["facts"]) == 1 + 3 * 13 + 4
    assert b"very-secret" not in first


# --- exit codes ----------------------------------------------------------------------------------


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens already."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_taken_port(taken: int) -> None:
    done = ended("--port", str(taken))
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines()[-1] == (
        f"mockserver: port {taken} of 127.0.0.1 is taken: "
        "stop what listens there, or choose another by --port"
    )


def test_a_bad_setting_in_a_process() -> None:
    done = ended("--port", "99999")
    sentence = "mockserver: port '99999' is no port: a number from 0 to 65535 is\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


@pytest.mark.parametrize(
    ("arguments", "variables", "sentence"),
    [
        (("--port", "x"), {}, "port 'x' is no port: a number from 0 to 65535 is"),
        ((), {"MOCKSERVER_PORT": "-1"}, "port '-1' is no port: a number from 0 to 65535 is"),
        (("--start-at", "noon"), {}, "start-at 'noon' is no ISO 8601 time"),
        (
            ("--start-at", "2026-01-01T09:00:00"),
            {},
            "start-at '2026-01-01T09:00:00' has no time zone: end it with Z or +05:30",
        ),
        (
            ("--webhook", "mobtexting"),
            {},
            "webhook 'mobtexting' is not PROVIDER=URL, such as mobtexting=http://localhost",
        ),
    ],
)
def test_a_bad_setting(
    arguments: tuple[str, ...], variables: Mapping[str, str], sentence: str
) -> None:
    done = called(*arguments, **variables)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"mockserver: {sentence}\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--webhook", "mobtext=http://a"),
            "webhook mobtext=...: no provider is named 'mobtext': did you mean 'mobtexting'?",
        ),
        (
            ("--clock", "fast"),
            "clock 'fast' is no mode: real, manual, instant, or a pace such as 60x",
        ),
    ],
)
def test_a_bad_setting_that_only_the_whole_knows(arguments: tuple[str, ...], sentence: str) -> None:
    done = ended("--port", "0", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"mockserver: {sentence}\n")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "cannot be bound (Permission denied): choose another by --host, --port",
        ),
        (
            OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"),
            "cannot be bound (Cannot assign requested address): choose another by --host, --port",
        ),
        (
            OSError(errno.EADDRINUSE, "Address already in use"),
            "is taken: stop what listens there, or choose another by --port",
        ),
    ],
)
def test_a_socket_that_cannot_be(
    monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def serve(*_: object) -> None:
        raise error

    monkeypatch.setattr(app, "serve", serve)
    done = called("--host", "10.0.0.1", "--port", "80")
    expected = f"mockserver: port 80 of 10.0.0.1 {sentence}\n"
    assert (done.exit_code, done.stdout, done.stderr) == (3, "", expected)


def test_a_broken_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(*_: object) -> None:
        raise broken

    broken = Unusable([Problem(Place("a.yaml", 1, 2), "oh"), Problem(Place("b.yaml", 3, 4), "no")])
    monkeypatch.setattr(app, "serve", serve)
    done = called()
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", "a.yaml:1:2: oh\nb.yaml:3:4: no\n")


def test_what_is_served_is_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    given = list[Settings]()

    def serve(settings: Settings, say: Any, log: Any) -> None:
        given.append(settings)
        say("ready")
        log("09:00:00 a line")

    monkeypatch.setattr(app, "serve", serve)
    hooks = ("--webhook", "mobtexting=http://a", "--webhook", "phonon=http://b")
    done = called("--port", "81", "--quiet", *hooks, MOCKSERVER_PORT="82", MOCKSERVER_SEED="s")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "ready\n", "09:00:00 a line\n")
    webhook = {"mobtexting": "http://a", "phonon": "http://b"}
    assert given == [Settings(port=81, webhook=webhook, seed="s", quiet=True)]


# --- the group ---------------------------------------------------------------------------------


def test_help_names_every_command() -> None:
    done = CliRunner().invoke(group, ["--help"])
    assert done.exit_code == 0
    assert all(re.search(rf"^  {name} ", done.stdout, re.MULTILINE) for name in COMMANDS)


def test_help_of_serve_names_every_option_and_variable() -> None:
    done = called("--help")
    assert done.exit_code == 0
    text = re.sub(r"\s+", " ", done.stdout)
    for option in OPTIONS:
        assert f"{option.flag} " in text
        assert f"({option.variable})" in text.replace("( ", "(").replace(" )", ")")


def test_version() -> None:
    done = ended("--version")
    assert (done.returncode, done.stdout) == (0, f"mockserver, version {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["bogus"], "No such command 'bogus'"),
        (["--bogus"], "No such option"),
        (["serve", "--port"], "requires an argument"),
        (["serve", "extra"], "unexpected extra argument"),
        (["demo", "--port", "1"], "No such option"),
    ],
)
def test_bad_usage(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--seed", "s"], ["serve", "--seed", "s"]])
def test_without_a_command_it_serves(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = list[str]()
    monkeypatch.setattr(app, "serve", lambda settings, *_: seeds.append(settings.seed))
    assert CliRunner().invoke(group, arguments).exit_code == 0
    assert seeds == ["s" if arguments else ""]


def test_a_fault_of_our_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def serve(*_: object) -> None:
        raise LookupError("oops")

    monkeypatch.setattr(app, "serve", serve)
    with pytest.raises(SystemExit) as caught:
        cli.main(["serve"])
    assert caught.value.code == 70
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1] == "mockserver: this is a fault of the mock server: LookupError('oops')"


def test_only_known_commands_are_loaded() -> None:
    with click.Context(group) as context:
        assert group.get_command(context, "os") is None
        assert group.list_commands(context) == list(COMMANDS)
