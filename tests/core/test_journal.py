"""Journal entries: the names of their fields, which readers rely on."""

import pytest

from mockserver.core.journal import IgnoredKey, IgnoredLeg, JournalEntry, RejectedEvent


@pytest.mark.parametrize(
    ("entry_type", "fields"),
    [
        (JournalEntry, ("at", "type", "call_id", "payload")),
        (RejectedEvent, ("type", "leg", "location", "reason")),
        (IgnoredLeg, ("scenario", "leg")),
        (IgnoredKey, ("scenario", "key", "webhook", "kind", "reason")),
    ],
)
def test_journal_entries_have_the_printed_fields(
    entry_type: type[JournalEntry | RejectedEvent | IgnoredLeg | IgnoredKey],
    fields: tuple[str, ...],
) -> None:
    assert entry_type.__struct_fields__ == fields
