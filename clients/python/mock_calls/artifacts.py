"""The files that a failed test leaves of its sandbox, for people and for a replay."""

import hashlib
import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from mock_calls import operations
from mock_calls.sync import MockServer

INPUTS: Final = "inputs.jsonl"
MAX_NAME: Final = 80  # characters of a folder's name, which file systems bound

FILES: Final[Mapping[str, Callable[[MockServer], str]]] = MappingProxyType(
    {
        "timeline.txt": lambda client: client.timeline(),
        "sequence.mmd": lambda client: client.ask(operations.timeline("mermaid")),
        "requests.har": lambda client: _render_json(client.ask(operations.archive())),
        INPUTS: lambda client: client.ask(operations.inputs()),
    }
)
"""Name of a file -> its text."""

CONTENTS: Final = (
    "  timeline.txt: what has happened, line by line",
    "  sequence.mmd: the same as a Mermaid sequence diagram",
    "  requests.har: requests and webhooks for the network panel of a browser",
    "  inputs.jsonl: all that the mock server needs to play this run again",
)


def folder_of(base: Path, test_id: str) -> Path:
    """Return the folder of a test: the path of its file, then its name without odd characters."""
    file, _, name = test_id.partition("::")
    plain = re.sub(r"[^\w.-]+", "-", name.replace("::", "."), flags=re.ASCII).strip("-")
    if plain != name.replace("::", ".") or len(plain) > MAX_NAME:
        digest = hashlib.blake2b(test_id.encode(), digest_size=4).hexdigest()
        plain = f"{plain[:MAX_NAME]}-{digest}"
    parts = [part for part in Path(file).parts if part not in ("..", Path(file).anchor)]
    return base.joinpath(*parts, plain)


def write_artifacts(client: MockServer, base: Path, folder: Path) -> None:
    """Write the files of the sandbox; git ignores all that is in `base`."""
    folder.mkdir(parents=True, exist_ok=True)
    ignore = base / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", "utf-8")
    for name, render in FILES.items():
        (folder / name).write_text(render(client), "utf-8")


def remove_artifacts(folder: Path) -> None:
    """Remove what an earlier run of the test has left there."""
    if folder.is_dir():
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()


def describe_artifacts(folder: Path, start: Path, scenarios: str) -> Iterator[str]:
    """Say where the files are, and how to see and play the run again, from the folder `start`."""
    shown = _relative(folder, start)
    words = [str(shown / INPUTS), *(("--scenarios", scenarios) if scenarios else ())]
    yield f"Files in {shown}:"
    yield from CONTENTS
    yield "To play exactly this run again:"
    yield f"  {shlex.join(['mockserver', 'replay', *words])}"
    yield "To see it in a browser:"
    yield f"  {shlex.join(['mockserver', 'ui', *words])}"


def _relative(folder: Path, start: Path) -> Path:
    return folder.relative_to(start) if folder.is_relative_to(start) else folder


def _render_json(value: Any) -> str:
    return f"{json.dumps(value, ensure_ascii=False, indent=1)}\n"
