"""What keeps a server from starting, with its exit code and message."""

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
def taken_port() -> Iterator[int]:
    """A port with a listener."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_taken_port_exits_with_3(taken_port: int) -> None:
    result = run_to_end("--port", str(taken_port))
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr.splitlines()[-1] == (
        f"mockserver: port {taken_port} of 127.0.0.1 is taken: "
        "stop what listens there, or choose another by --port"
    )


@pytest.mark.parametrize(
    ("taken_host", "host"),
    [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "0.0.0.0"), ("::1", "::1"), ("::", "::1"),
     ("::", "127.0.0.1"), ("0.0.0.0", "::")],
)  # fmt: skip
def test_a_port_taken_on_an_overlapping_address_is_not_shared(taken_host: str, host: str) -> None:
    """This holds for every overlapping address in IPv4 and IPv6."""
    family = socket.AF_INET6 if ":" in taken_host else socket.AF_INET
    try:
        listener = socket.create_server(
            (taken_host, 0), family=family, dualstack_ipv6=taken_host == "::"
        )
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:
        port = listener.getsockname()[1]
        result = run_to_end("--port", str(port), "--host", host)
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr.splitlines()[-1] == (
        f"mockserver: port {port} of {host} is taken: "
        "stop what listens there, or choose another by --port"
    )


def test_a_bad_setting_exits_with_2_as_a_process() -> None:
    result = run_to_end("--port", "99999")
    expected = "mockserver: port '99999' is not a number from 0 to 65535\n"
    assert (result.returncode, result.stdout, result.stderr) == (2, "", expected)


@pytest.mark.parametrize(
    ("arguments", "variables", "message"),
    [
        (("--port", "x"), {}, "port 'x' is not a number from 0 to 65535"),
        ((), {"MOCKSERVER_PORT": "-1"}, "port '-1' is not a number from 0 to 65535"),
        (
            ("--start-at", "noon"),
            {},
            "start-at 'noon' is not an ISO 8601 time, such as 2026-01-31T10:00:00Z",
        ),
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
def test_a_bad_setting_exits_with_2_and_names_the_mistake(
    arguments: tuple[str, ...], variables: Mapping[str, str], message: str
) -> None:
    result = invoke_serve(*arguments, **variables)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"mockserver: {message}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--webhook", "mobtext=http://a"),
            "webhook: no provider is named 'mobtext': did you mean 'mobtexting'?",
        ),
        (
            ("--clock", "fast"),
            "clock 'fast' is not a mode: real, manual, instant, or a pace such as 60x",
        ),
    ],
)
def test_a_setting_that_does_not_fit_the_configuration_exits_with_2(
    arguments: tuple[str, ...], message: str
) -> None:
    result = run_to_end("--port", "0", *arguments)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"mockserver: {message}\n")


@pytest.mark.parametrize(
    ("error", "message"),
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
def test_an_address_that_cannot_be_bound_exits_with_3(
    monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    def serve(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(app, "serve", serve)
    result = invoke_serve("--host", "10.0.0.1", "--port", "80")
    expected = f"mockserver: port 80 of 10.0.0.1 {message}\n"
    assert (result.exit_code, result.stdout, result.stderr) == (3, "", expected)


def test_invalid_files_exit_with_2_and_print_every_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(*_: object, **__: object) -> None:
        raise invalid_files

    invalid_files = InvalidFiles(
        [
            Problem(location=Location(file="a.yaml", line=1, column=2), message="oh"),
            Problem(location=Location(file="b.yaml", line=3, column=4), message="no"),
        ]
    )
    monkeypatch.setattr(app, "serve", serve)
    result = invoke_serve()
    assert (result.exit_code, result.stdout, result.stderr) == (
        2,
        "",
        "a.yaml:1:2: oh\nb.yaml:3:4: no\n",
    )


def test_serve_passes_the_given_settings_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    served = list[Settings]()

    def serve(settings: Settings, say: Any, log: Any, **_: object) -> None:
        served.append(settings)
        say("ready")
        log("09:00:00 a line")

    monkeypatch.setattr(app, "serve", serve)
    webhook_options = ("--webhook", "mobtexting=http://a", "--webhook", "phonon=http://b")
    result = invoke_serve(
        "--port", "81", "--quiet", *webhook_options, MOCKSERVER_PORT="82", MOCKSERVER_SEED="s"
    )
    assert (result.exit_code, result.stdout, result.stderr) == (0, "ready\n", "09:00:00 a line\n")
    webhook = {"mobtexting": "http://a", "phonon": "http://b"}
    assert served == [Settings(port=81, webhook=webhook, seed="s", quiet=True)]
