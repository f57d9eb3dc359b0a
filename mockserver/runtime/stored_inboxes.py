"""What a store should have of the inboxes of a sandbox, and what of that is new to it."""

from collections.abc import Iterable, Iterator, Mapping

from mockserver.core.value import pack, unpack_as
from mockserver.runtime.inboxes import Inbox, ReceivedRequest, StoredRequests
from mockserver.store.records import InboxChange, InboxState, StoredInbox

InboxStates = Mapping[str, InboxState]
"""Name of an inbox -> its state."""


def find_inbox_changes(inboxes: Mapping[str, Inbox], stored: InboxStates) -> Iterator[InboxChange]:
    """Yield what has changed of the inboxes since they had the states that are stored."""
    for name in stored:
        if name not in inboxes:
            yield InboxChange(name, None)
    for name, inbox in inboxes.items():
        state = stored.get(name)
        if inbox.state != state:
            last = state.last if state else 0
            requests = [(number, pack(each)) for number, each in inbox.requests_after(last)]
            yield InboxChange(name, inbox.state, requests)


def unpack_inboxes(inboxes: Iterable[StoredInbox]) -> list[StoredRequests]:
    """Return the inboxes with the requests that their store has packed."""
    return [
        (name, state, {number: unpack_as(ReceivedRequest, packed) for number, packed in requests})
        for name, state, requests in inboxes
    ]
