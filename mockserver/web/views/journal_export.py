"""Exports the journal: all entries in order, for reading."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final

from mockserver import __version__
from mockserver.core.journal import JournalEntry
from mockserver.core.time import format_iso
from mockserver.core.webhook import ORIGIN_PLACEHOLDER
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.slices import Job
from mockserver.web.views.ring_details import serialize_with_ring
from mockserver.web.views.weights import weigh_entry

EXPORT_FORMAT: Final = 2
"""The version of the export."""

NumberedEntry = tuple[int, JournalEntry]
"""The sequence number of an entry, and the entry."""

Origins = frozenset[str]

ORIGIN: Final = re.compile(r"https?://(?:\[[0-9a-fA-F:.%]*\](?::\d+)?|[^\s\[\]/?#\"'\\<>{}@]+)")
"""What may be an origin: scheme, host and port of a URL."""


def number_entries(state: SandboxState) -> list[NumberedEntry]:
    """Return all entries that the journal still has, with their sequence numbers."""
    return [*enumerate(state.journal.entries, state.journal.first_sequence)]


def build_heading(state: SandboxState) -> dict[str, Any]:
    """Build the first line of an export: version, seed and start of the sandbox."""
    return {
        "journal": EXPORT_FORMAT,
        "version": __version__,
        "sandbox": state.name,
        "seed": state.configuration.seed,
        "start_at": format_iso(state.started_at),
        "evicted": state.journal.first_sequence - 1,
    }


def export_lines(state: SandboxState, origins: Iterable[str]) -> Iterator[str]:
    """Yield the lines of an export: heading and entries, as the state is at the first."""
    return (job.run() for job in build_export_jobs(state, origins))


def build_export_jobs(state: SandboxState, origins: Iterable[str]) -> Iterator[Job[str]]:
    """Yield a job for each line of an export, as the state is at the first."""
    known = known_origins(state, origins)
    heading, entries = build_heading(state), number_entries(state)
    yield Job(0, lambda: replace_origins(format_json(heading), known))
    for numbered in entries:
        yield Job(weigh_entry(numbered[1]), partial(_export_entry, numbered, state, known))


def _export_entry(numbered: NumberedEntry, state: SandboxState, known: Origins) -> str:
    return replace_origins(format_json(serialize_numbered(numbered, state)), known)


def serialize_numbered(numbered: NumberedEntry, state: SandboxState) -> dict[str, Any]:
    number, entry = numbered
    return {"id": number, **serialize_with_ring(entry, state)}


def known_origins(state: SandboxState, origins: Iterable[str]) -> Origins:
    """Return `origins`, and those by which clients called the server."""
    return frozenset((*origins, *state.journal.request_origins))


def replace_origins(text: str, origins: Origins) -> str:
    """Replace the origins by `{origin}`."""
    return ORIGIN.sub(lambda match: ORIGIN_PLACEHOLDER if match[0] in origins else match[0], text)


def format_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
