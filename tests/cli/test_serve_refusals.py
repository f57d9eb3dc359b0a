"""What keeps a server from starting, and the exit codes that say so."""

import errno
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from mockserver import app
from mockserver.config.problems import InvalidFiles, Location, Problem
from mockserver.settings import Settings
from tests.support.processes import invoke_serve, run_to_end


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens already."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_taken_port(taken: int) -> None:
    done = run_to_end("--port", str(taken))
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines()[-1] == (
        f"mockserver: port {taken} of 127.0.0.1 is taken: "
        "stop what listens there, or choose another by --port"
    )


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "0.0.0.0"), ("::1", "::1"), ("::", "::1"),
     ("::", "127.0.0.1"), ("0.0.0.0", "::")],
)  # fmt: skip
def test_a_port_is_never_shared(theirs: str, ours: str) -> None:
    """Whoever has it on any address that overlaps with ours, in IPv4 and IPv6."""
    family = socket.AF_INET6 if ":" in theirs else socket.AF_INET
    try:
        other = socket.create_server((theirs, 0), family=family, dualstack_ipv6=theirs == "::")
    except OSError:
        pytest.skip("this machine has no IPv6")
    with other:
        port = other.getsockname()[1]
        done = run_to_end("--port", str(port), "--host", ours)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines()[-1] == (
        f"mockserver: port {port} of {ours} is taken: "
        "stop what listens there, or choose another by --port"
    )


def test_a_bad_setting_in_a_process() -> None:
    done = run_to_end("--port", "99999")
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
            "webhook 'mobtexting' is not NAME=VALUE",
        ),
    ],
)
def test_a_bad_setting(
    arguments: tuple[str, ...], variables: Mapping[str, str], sentence: str
) -> None:
    done = invoke_serve(*arguments, **variables)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"mockserver: {sentence}\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--webhook", "mobtext=http://a"),
            "webhook: no provider is named 'mobtext': did you mean 'mobtexting'?",
        ),
        (
            ("--clock", "fast"),
            "clock 'fast' is no mode: real, manual, instant, or a pace such as 60x",
        ),
    ],
)
def test_a_bad_setting_that_only_the_whole_knows(arguments: tuple[str, ...], sentence: str) -> None:
    done = run_to_end("--port", "0", *arguments)
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
    done = invoke_serve("--host", "10.0.0.1", "--port", "80")
    expected = f"mockserver: port 80 of 10.0.0.1 {sentence}\n"
    assert (done.exit_code, done.stdout, done.stderr) == (3, "", expected)


def test_a_broken_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(*_: object) -> None:
        raise broken

    broken = InvalidFiles(
        [
            Problem(location=Location(file="a.yaml", line=1, column=2), message="oh"),
            Problem(location=Location(file="b.yaml", line=3, column=4), message="no"),
        ]
    )
    monkeypatch.setattr(app, "serve", serve)
    done = invoke_serve()
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", "a.yaml:1:2: oh\nb.yaml:3:4: no\n")


def test_what_is_served_is_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    given = list[Settings]()

    def serve(settings: Settings, say: Any, log: Any) -> None:
        given.append(settings)
        say("ready")
        log("09:00:00 a line")

    monkeypatch.setattr(app, "serve", serve)
    hooks = ("--webhook", "mobtexting=http://a", "--webhook", "phonon=http://b")
    done = invoke_serve(
        "--port", "81", "--quiet", *hooks, MOCKSERVER_PORT="82", MOCKSERVER_SEED="s"
    )
    assert (done.exit_code, done.stdout, done.stderr) == (0, "ready\n", "09:00:00 a line\n")
    webhook = {"mobtexting": "http://a", "phonon": "http://b"}
    assert given == [Settings(port=81, webhook=webhook, seed="s", quiet=True)]
