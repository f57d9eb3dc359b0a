"""The group of commands: help, usage, and a fault of our own."""

import re

import click
import pytest
from click.testing import CliRunner

from mockserver import __version__, app, cli
from mockserver.cli import COMMANDS, group
from mockserver.settings import OPTIONS
from tests.support.processes import invoke_serve, run_to_end


def test_help_names_every_command() -> None:
    done = CliRunner().invoke(group, ["--help"])
    assert done.exit_code == 0
    assert all(re.search(rf"^  {name} ", done.stdout, re.MULTILINE) for name in COMMANDS)


def test_help_of_serve_names_every_option_and_variable() -> None:
    done = invoke_serve("--help")
    assert done.exit_code == 0
    text = re.sub(r"\s+", " ", done.stdout)
    for option in OPTIONS:
        assert f"{option.flag} " in text
        assert f"({option.variable})" in text.replace("( ", "(").replace(" )", ")")


def test_version() -> None:
    done = run_to_end("--version")
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
