"""The journal and the log of inputs of a short run, as files."""

from pathlib import Path
from typing import NamedTuple

from tests.support.site_client import SiteClient


class ExportedRun(NamedTuple):
    """Two exports of one run, and the lines of the journal."""

    journal: Path
    inputs: Path
    lines: list[str]


def export_run(site: SiteClient, folder: Path) -> ExportedRun:
    """Play a call that ends busy, and export the run into files."""
    site.click_to_call("callee-busy")
    site.advance()
    journal = site.request("GET", "/_mock/journal?format=jsonl").text
    inputs = site.request("GET", "/_mock/inputs").text
    run = ExportedRun(folder / "journal.jsonl", folder / "run.jsonl", journal.splitlines())
    run.journal.write_text(journal, "utf-8")
    run.inputs.write_text(inputs, "utf-8")
    return run
