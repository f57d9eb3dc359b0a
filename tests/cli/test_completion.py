"""The shell completes commands and options, by each name of the command."""

import pytest
from click.testing import CliRunner

from mockserver import cli
from mockserver.cli import COMMANDS


def complete(monkeypatch: pytest.MonkeyPatch, name: str, words: str) -> list[str]:
    """What bash gets as completions of the last of the words."""
    monkeypatch.setattr("sys.argv", [f"/opt/bin/{name}"])
    environment = {
        f"_{name.replace('-', '_').upper()}_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    with CliRunner().isolation(env=environment) as (output, *_), pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 0
    lines = output.getvalue().decode().splitlines()
    return [line.removeprefix("plain,") for line in lines]


@pytest.mark.parametrize("name", ["mockserver", "call-mockserver"])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", list(COMMANDS)),
        ("re", ["ready", "rekey", "replay"]),
        ("ready --", ["--url", "--timeout", "--pid", "--help"]),
        ("--vers", ["--version"]),
        ("--clo", ["--clock"]),
        ("--seed s --clo", ["--clock"]),
        ("serve --log", ["--log-format"]),
        ("exec --log", ["--log-format"]),
        ("--help", ["--help"]),
    ],
)
def test_the_shell_completes_what_is_possible(
    name: str, words: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert complete(monkeypatch, name, f"{name} {words}") == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("name", ["mockserver", "call-mockserver"])
def test_the_command_prints_the_completion_of_a_shell(
    name: str, shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    variable = f"_{name.replace('-', '_').upper()}_COMPLETE"
    monkeypatch.setattr("sys.argv", [f"{name}.exe"])
    monkeypatch.setenv(variable, f"{shell}_source")
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 0
    assert f"{variable}={shell}_complete" in capsys.readouterr().out


def test_any_other_name_of_the_program_is_that_of_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["/src/mockserver/__main__.py"])
    with pytest.raises(SystemExit):
        cli.main(["-h"])
    assert capsys.readouterr().out.startswith("Usage: mockserver [OPTIONS] COMMAND")
