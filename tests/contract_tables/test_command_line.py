"""Section 1 of the contract: the commands, the options of `serve`, its ready line, exit codes."""

import re
import socket
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

import click
import pytest
from click.testing import CliRunner, Result

from mockserver.cli import COMMANDS, INTERNAL_ERROR, group, main
from mockserver.settings import OPTIONS
from tests.support.processes import READY_LINE, invoke_serve, serve

SERVE_OPTIONS: Final[Mapping[str, str]] = {
    "host": "127.0.0.1",
    "port": "8080",
    "webhook": "",
    "scenarios": "",
    "load": "",
    "store": "memory",
    "durable": "engine",
    "sandbox_ttl": "",
    "store_key": "",
    "watch": "",
    "no_number_plan": "",
    "quirk": "",
    "clock": "real",
    "start_at": "",
    "seed": "",
    "token": "",
    "allow_host": "",
    "cors": "",
    "webhook_targets": "",
    "webhook_rewrite": "",
    "webhook_ca": "",
    "trace_webhooks": "",
    "https": "",
    "https_port": "",
    "ca_dir": "",
    "proxy_pass": "",
    "tls_cert": "",
    "tls_key": "",
    "public_url": "",
    "log_format": "text",
    "open": "",
    "quiet": "",
}
"""Option -> its default; a flag, and an option that is empty or computed, has an empty one."""

COMMAND_PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "serve": tuple(SERVE_OPTIONS),
    "demo": (),
    "place": (
        *("provider", "operation", "scenario", "to", "changes", "account"),
        *("url", "sandbox", "token"),
    ),
    "phone": ("words", "leg", "url", "sandbox", "token"),
    "init": ("directory",),
    "check": ("paths", "upgrade"),
    "providers": ("name", "assumed"),
    "scenarios": ("name", "paths", "form"),
    "numbers": ("number", "provider"),
    "schema": (),
    "openapi": ("provider",),
    "ready": ("url", "timeout", "pid"),
    "ca": ("ca_dir", "remove"),
    "rekey": ("file", "store_key", "new_key", "no_key"),
    "exec": (*SERVE_OPTIONS, "http_proxy", "words"),
    "timeline": ("call", "url", "sandbox", "token", "form", "form"),
    "replay": ("file", "scenarios", "check"),
    "ordeal": (
        *("to", "provider", "app", "probe", "form", "only"),
        *("seed", "port", "scenarios", "webhook_ca", "keep"),
    ),
    "ui": ("file", "scenarios", "port", "open"),
}
"""Command -> its parameters.

Not in the contract: `rekey`, `timeline`, `ui`, the name and `--assumed` of `providers`, and the
paths and the format of `scenarios`.
"""

COMMANDS_NOT_YET: Final[Mapping[str, int]] = {
    "new-provider": 31,
    "conform": 31,
}
"""Command -> the issue that brings it."""

OPTIONS_NOT_YET: Final[Mapping[tuple[str, ...], int]] = {
    ("serve", "--workers", "2"): 33,
    ("serve", "--provider-path", "."): 31,
}
"""Command with an option or argument -> the issue that brings it."""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, arguments)


def test_the_commands_are_those_of_the_table() -> None:
    assert tuple(COMMAND_PARAMETERS) == COMMANDS


@pytest.mark.parametrize("name", COMMAND_PARAMETERS)
def test_a_command_takes_the_parameters_of_the_table(name: str) -> None:
    command: click.Command = import_module(f"mockserver.cli.{name}").command
    assert tuple(parameter.name for parameter in command.params) == COMMAND_PARAMETERS[name]


def test_the_options_of_serve_have_the_defaults_of_the_table() -> None:
    assert {option.name: option.default for option in OPTIONS} == SERVE_OPTIONS


def test_every_option_of_serve_has_a_flag_and_a_variable() -> None:
    spelled = {name: (f"--{name.replace('_', '-')}", f"MOCKSERVER_{name.upper()}")
               for name in SERVE_OPTIONS}  # fmt: skip
    assert {option.name: (option.flag, option.variable) for option in OPTIONS} == spelled


@pytest.mark.parametrize("name", COMMANDS_NOT_YET)
def test_a_command_of_a_later_issue_is_unknown(name: str) -> None:
    result = run(name)
    assert (result.exit_code, f"No such command '{name}'" in result.output) == (2, True)


@pytest.mark.parametrize("name", COMMAND_PARAMETERS)
def test_every_command_takes_a_short_option_for_help(name: str) -> None:
    short, long = run(name, "-h"), run(name, "--help")
    assert (short.exit_code, short.output) == (0, long.output)
    assert re.search(r"^  -h, --help  +Show this message and exit\.$", short.output, re.MULTILINE)


def test_the_version_has_a_short_option() -> None:
    assert (run("-V").exit_code, run("-V").output) == (0, run("--version").output)


def test_an_unknown_command_gets_the_nearest_name() -> None:
    expected = "Error: No such command 'chek'. Did you mean 'check'?"
    assert run("chek").output.splitlines()[-1] == expected


@pytest.mark.parametrize("arguments", OPTIONS_NOT_YET, ids=" ".join)
def test_an_option_of_a_later_issue_is_unknown(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    refusals = ("No such option", "unexpected extra argument")
    assert (result.exit_code, any(text in result.output for text in refusals)) == (2, True)


def test_the_ready_line_of_the_contract_is_like_a_printed_one() -> None:
    printed = (
        "mockserver ready on http://127.0.0.1:8080 "
        "(clock real, seed 7f3a9c, 5 providers, 41 scenarios)\n"
    )
    assert READY_LINE.fullmatch(printed)


def test_a_server_prints_its_addresses_and_exits_with_0_after_sigterm() -> None:
    with serve("--port", "0", "--seed", "7f3a9c", "--quiet") as server:
        base = server.ready["base"]
        assert server.bases == [
            f"  {name}: {base}/{name}\n"
            for name in ("ccai", "effebot", "innocalls", "mobtexting", "phonon")
        ]
        assert (server.ready["clock"], server.ready["seed"]) == ("real", "7f3a9c")
        assert server.end() == (0, "", "")


@pytest.fixture
def taken_port() -> Iterator[str]:
    """A port with a listener."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


def test_bad_usage_exits_with_2_and_a_taken_port_with_3(taken_port: str) -> None:
    codes = [
        invoke_serve(*arguments).exit_code
        for arguments in (("--port", "x"), ("--nonsense",), ("--port", taken_port))
    ]
    assert codes == [2, 2, 3]


def test_an_error_of_our_own_exits_with_70(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise LookupError("oops")

    monkeypatch.setattr("mockserver.cli.group", fail)
    with pytest.raises(SystemExit) as end:
        main(["demo"])
    assert (end.value.code, INTERNAL_ERROR) == (70, 70)
