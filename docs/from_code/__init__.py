"""The reference, written from the code that it describes."""

from pathlib import Path

from from_code import client, command_line, control_api, grammar, scenarios, vendors


def pages() -> dict[str, str]:
    """Name of each page -> its Markdown."""
    return {
        "cli": command_line.page(),
        "control-api": control_api.page(),
        "client": client.page(),
        "scenarios": scenarios.page(),
        "grammar": grammar.page(),
        **vendors.pages(),
    }


def write(folder: Path) -> None:
    """Write the pages that have changed, so that a second build is quick."""
    for name, text in pages().items():
        file = folder / f"{name}.md"
        if not file.is_file() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
