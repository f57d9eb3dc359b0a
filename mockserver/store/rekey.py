"""Copies all that a file holds to another one, which has another key or none."""

from collections.abc import Iterator

from mockserver.store.records import Batch, Change, InboxChange, LogPlace, SandboxRecord
from mockserver.store.sqlite_file import SqliteFile


def copy_sandboxes(source: SqliteFile, target: SqliteFile) -> int:
    """Copy all sandboxes to a new file, one after the other, and return how many there are.

    Raises:
        StoreUnavailable: one of the files cannot be read or written.
    """
    records = source.read_sandboxes()
    for record in records:
        target.write(Batch((), [*_copy_logs(source, record)]))
    return len(records)


def _copy_logs(source: SqliteFile, record: SandboxRecord) -> Iterator[Change]:
    """Yield the changes that lead to a sandbox; the log in which it is now comes last."""
    lengths = {record.place.log: 0}
    for place in (*record.snapshots.values(), record.place):
        lengths[place.log] = max(lengths.get(place.log, 0), place.length)
    for log, length in reversed(lengths.items()):
        stored = source.read_log(log, length)
        place = LogPlace(log, length, 0, record.place.now, record.place.mode)
        yield Change(record._replace(place=place), 0, stored.inputs, stored.start)
    inboxes = [InboxChange(*each) for each in source.read_inboxes(record.name)]
    yield Change(record, record.place.length, (), inboxes=inboxes)
