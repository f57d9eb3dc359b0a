"""Generate the reference pages from the code that they describe."""

from pathlib import Path

from from_code import (
    client,
    command_line,
    control_api,
    evidence,
    grammar,
    lifecycle,
    scenarios,
    vendors,
)


def pages() -> dict[str, str]:
    """Return the Markdown of all pages by name."""
    return {
        "cli": command_line.page(),
        "control-api": control_api.page(),
        "client": client.page(),
        "scenarios": scenarios.page(),
        "grammar": grammar.page(),
        "lifecycle": lifecycle.page(),
        "evidence": evidence.page(),
        **vendors.pages(),
    }


def write(folder: Path) -> None:
    """Write the pages that have changed; unchanged files keep the next build fast."""
    for name, text in pages().items():
        file = folder / f"{name}.md"
        if not file.is_file() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
