"""The names that the journal prints, which readers of it rely on."""

import pytest

from mockserver.core.journal import IgnoredLeg, JournalEntry, RejectedEvent


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (JournalEntry, ("at", "type", "call_id", "payload")),
        (RejectedEvent, ("type", "leg", "location", "reason")),
        (IgnoredLeg, ("scenario", "leg")),
    ],
)
def test_facts_printed_names(
    kind: type[JournalEntry | RejectedEvent | IgnoredLeg], names: tuple[str, ...]
) -> None:
    assert kind._fields == names
