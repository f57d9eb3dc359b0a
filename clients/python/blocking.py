"""Writes the blocking client anew from the asynchronous one; this needs ruff."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent / "mock_calls"
MODULES: Final = {"asynchronous_client": "blocking_client", "asynchronous": "sync"}
"""Module that is written by hand -> module that is generated."""

REPLACEMENTS: Final = {
    r"\b(?:async|await) ": "",
    r"\b__a(enter|exit)__": r"__\1__",
    r"\bAsync(MockServer|SandboxClient)\b": r"\1",
    r"\b(exchange|start|end)_async\b": r"\1",
    r"\basynchronous_client\b": "blocking_client",
    r"(?:The|What every) asynchronous client(?:, of which| has;) `.*\.": (
        "The blocking client, made by `clients/python/blocking.py`."
    ),
    r"in any thread\.": (
        "in any thread.\n    Inside a task of an event loop it raises `BlockingCall`."
    ),
}


def blocking_source(name: str) -> str:
    """Return the source of the blocking module, out of the asynchronous one of this name."""
    text = (PACKAGE / f"{name}.py").read_text("utf-8")
    for pattern, replacement in REPLACEMENTS.items():
        text = re.sub(pattern, replacement, text)
    command = [
        sys.executable,
        "-m",
        "ruff",
        "format",
        "--stdin-filename",
        str(PACKAGE / f"{MODULES[name]}.py"),
        "-",
    ]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout  # noqa: S603 - the formatter of this tree


def main() -> None:
    for name, blocking in MODULES.items():
        (PACKAGE / f"{blocking}.py").write_text(blocking_source(name), "utf-8")


if __name__ == "__main__":
    main()
