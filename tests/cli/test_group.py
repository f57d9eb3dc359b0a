"""The command group: help, version, usage errors and internal errors."""

import re

import click
import pytest
from click.testing import CliRunner

from mockserver import __version__, app, cli
from mockserver.cli import COMMANDS, group
from mockserver.settings import OPTIONS
from tests.support.processes import invoke_serve, run_to_end


def test_help_names_every_command() -> None:
    result = CliRunner().invoke(group, ["--help"])
    assert result.exit_code == 0
    assert all(re.search(rf"^  {name} ", result.stdout, re.MULTILINE) for name in COMMANDS)


def test_serve_help_names_every_option_and_variable() -> None:
    result = invoke_serve("--help")
    assert result.exit_code == 0
    text = re.sub(r"\s+", " ", result.stdout)
    for option in OPTIONS:
        assert f"{option.flag} " in text
        assert f"({option.variable})" in text.replace("( ", "(").replace(" )", ")")


def test_version_prints_the_name_and_version() -> None:
    result = run_to_end("--version")
    assert (result.returncode, result.stdout) == (0, f"mockserver, version {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bogus"], "No such command 'bogus'. There are serve, demo, place, phone, init, "),
        (["replya"], "No such command 'replya'. Did you mean 'replay'?"),
        (["--bogus"], "No such option"),
        (["serve", "--port"], "requires an argument"),
        (["serve", "extra"], "unexpected extra argument"),
        (["demo", "--port", "1"], "No such option"),
    ],
)
def test_bad_usage_exits_with_2_and_a_message(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as error:
        cli.main(arguments)
    assert error.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--seed", "s"], ["serve", "--seed", "s"]])
def test_the_command_without_a_subcommand_serves(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = list[str]()
    monkeypatch.setattr(app, "serve", lambda settings, *_, **__: seeds.append(settings.seed))
    assert CliRunner().invoke(group, arguments).exit_code == 0
    assert seeds == ["s" if arguments else ""]


def test_an_internal_error_exits_with_70_and_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def serve(*_: object, **__: object) -> None:
        raise LookupError("oops")

    monkeypatch.setattr(app, "serve", serve)
    with pytest.raises(SystemExit) as error:
        cli.main(["serve"])
    assert error.value.code == 70
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1] == "mockserver: this is a fault of the mock server: LookupError('oops')"


def test_only_known_commands_are_loaded() -> None:
    with click.Context(group) as context:
        assert group.get_command(context, "os") is None
        assert group.list_commands(context) == list(COMMANDS)
