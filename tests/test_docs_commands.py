"""Every `mockserver` command that README and docs print exists, with its options."""

import re
from pathlib import Path

import click
import pytest

from mockserver.cli import COMMANDS, group

ROOT = Path(__file__).parent.parent
CODE = re.compile(r"```(?:console|bash|yaml)[^\n]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
COMMAND = re.compile(r"(?:^|[\s/`(&;])(?<!-m )mockserver((?: [^\s&|;#`\\]+)*)", re.MULTILINE)
TEXTS = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "docs" / "tutorial.md",
        *(ROOT / "docs" / "how-to").glob("*.md"),
        *(ROOT / "docs" / "server").glob("*.md"),
        *(ROOT / "docs" / "vendors").glob("*.md"),
    )
}


def printed_commands(text: str) -> list[list[str]]:
    """Return the words after `mockserver` of each command, up to `--`."""
    code = "\n".join("".join(match) for match in CODE.findall(text))
    commands = (found.split() for found in COMMAND.findall(code))
    return [words[: words.index("--")] if "--" in words else words for words in commands]


def unknown_words(words: list[str]) -> list[str]:
    """Return the name of a command that does not exist, or its options that do not."""
    name = words[0] if words and not words[0].startswith("-") else "serve"
    if name not in COMMANDS:
        return [name]
    command = group.get_command(click.Context(group), name)
    assert command
    known = {option for param in command.params for option in param.opts} | {"-h", "--help"}
    return [word for word in words if word.startswith("-") and word.split("=")[0] not in known]


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_the_commands_of_a_page_exist_with_their_options(name: str) -> None:
    found = {" ".join(words): unknown_words(words) for words in printed_commands(TEXTS[name])}
    assert {command: unknown for command, unknown in found.items() if unknown} == {}


def test_the_pages_print_most_of_the_commands() -> None:
    named = {words[0] for text in TEXTS.values() for words in printed_commands(text) if words}
    assert {"check", "demo", "exec", "init", "place", "phone", "ready", "replay"} <= named


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("`mockserver chek a.yaml`", ["chek"]),
        ("```console\n.venv/bin/mockserver init && .venv/bin/mockserver --wach\n```", ["--wach"]),
        ("```bash\nmockserver ready --timeot 30s\n```", ["--timeot"]),
        ("`mockserver exec -- npm --test`", []),
    ],
)
def test_a_command_or_option_that_does_not_exist_is_found(text: str, unknown: list[str]) -> None:
    assert [word for words in printed_commands(text) for word in unknown_words(words)] == unknown
