"""Journal entries: the names of their fields, which readers rely on."""

import pytest

from mockserver.core.journal import Ignored, JournalEntry, RejectedEvent


@pytest.mark.parametrize(
    ("entry_type", "fields"),
    [
        (JournalEntry, ("at", "type", "call_id", "payload")),
        (RejectedEvent, ("type", "leg", "location", "reason")),
        (
            Ignored,
            ("scenario", "what", "reason", "request_id", "call_id", "webhook_id", "strict"),
        ),
    ],
)
def test_journal_entries_have_the_printed_fields(
    entry_type: type[JournalEntry | RejectedEvent | Ignored],
    fields: tuple[str, ...],
) -> None:
    assert entry_type.__struct_fields__ == fields
