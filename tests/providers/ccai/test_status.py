"""The table of statuses: it holds all that a call can be, and the README prints it."""

from pathlib import Path

from mockserver.providers.ccai.call_state import STATUS_TABLE
from mockserver.providers.ccai.vendor_events import VENDOR_EVENTS

README = Path(__file__).parents[3] / "README.md"


def test_table_knows_every_status_in_which_an_act_may_be() -> None:
    known = {row.status for row in STATUS_TABLE}
    assert {word for act in VENDOR_EVENTS.values() for word in act.allowed_in} <= known


def test_table_follows_itself() -> None:
    known = {row.status for row in STATUS_TABLE}
    before = {word for row in STATUS_TABLE for word in row.predecessors.split(", ") if word}
    assert before <= known


def test_readme_prints_the_table() -> None:
    printed = README.read_text("utf-8").partition("| status | reached from |")[2]
    rows = [line for line in printed.partition("\n\n")[0].splitlines()[2:] if line]
    assert rows == [
        f"| `{row.status}` | {row.predecessors or '-'} | {row.trigger} | {row.timestamp or '-'} |"
        for row in STATUS_TABLE
    ]
