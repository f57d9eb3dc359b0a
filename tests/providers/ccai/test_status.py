"""The CCAI status table is complete, consistent and printed in the README as in the reference."""

from pathlib import Path

from from_code.statuses import status_table
from mockserver.providers.ccai import PROVIDER
from mockserver.providers.ccai.call_state import STATUS_TABLE
from mockserver.providers.ccai.vendor_events import VENDOR_EVENTS

README = Path(__file__).parents[3] / "README.md"


def test_the_status_table_has_every_status_in_which_a_vendor_event_is_allowed() -> None:
    known = {row.status for row in STATUS_TABLE}
    assert {status for event in VENDOR_EVENTS.values() for status in event.allowed_in} <= known


def test_every_predecessor_in_the_status_table_has_a_row() -> None:
    known = {row.status for row in STATUS_TABLE}
    predecessors = {
        status for row in STATUS_TABLE for status in row.predecessors.split(", ") if status
    }
    assert predecessors <= known


def test_the_readme_prints_the_status_table() -> None:
    printed = README.read_text("utf-8").partition("| status | reached from |")
    rows = "".join(printed[1:]).partition("\n\n")[0].splitlines()
    generated = status_table(PROVIDER).splitlines()
    assert [rows[0], *rows[2:]] == [generated[0], *generated[2:]]
