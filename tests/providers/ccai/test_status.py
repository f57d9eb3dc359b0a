"""The CCAI status table is complete, consistent and printed in the reference."""

from from_code import pages
from from_code.statuses import status_table
from mockserver.providers.ccai import PROVIDER
from mockserver.providers.ccai.call_state import STATUS_TABLE
from mockserver.providers.ccai.vendor_events import VENDOR_EVENTS


def test_the_status_table_has_every_status_in_which_a_vendor_event_is_allowed() -> None:
    known = {row.status for row in STATUS_TABLE}
    assert {status for event in VENDOR_EVENTS.values() for status in event.allowed_in} <= known


def test_every_predecessor_in_the_status_table_has_a_row() -> None:
    known = {row.status for row in STATUS_TABLE}
    predecessors = {
        status for row in STATUS_TABLE for status in row.predecessors.split(", ") if status
    }
    assert predecessors <= known


def test_the_reference_prints_the_status_table() -> None:
    table = status_table(PROVIDER)
    assert len(table.splitlines()) > len(STATUS_TABLE)
    assert table in pages()["ccai"]
