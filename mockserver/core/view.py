"""The part of a sandbox that a provider may read beside the request, the call and the account."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.empty import EMPTY
from mockserver.core.webhook import Delivery


class View(NamedTuple):
    """`calls` by our id, oldest first; `named` leads from (provider, vendor's id) to ours.

    `accounts` are by provider and name. `sent` leads from a call to its `deliveries`, `marks` from
    a key to the times in ms at which it
    was marked, `held` from a digest to an uploaded file. `prefix` goes before the path of a link to
    this sandbox.
    """

    seed: str = ""
    prefix: str = ""
    accounts: Mapping[tuple[str, str], Account] = EMPTY
    calls: Mapping[str, Call] = EMPTY
    named: Mapping[tuple[str, str], str] = EMPTY
    deliveries: Mapping[str, Delivery] = EMPTY
    sent: Mapping[str, Sequence[str]] = EMPTY
    marks: Mapping[str, Sequence[int]] = EMPTY
    held: Mapping[str, bytes] = EMPTY

    def call(self, provider: str, vendor_id: str) -> Call | None:
        """The call that the vendor knows by this id."""
        name = self.named.get((provider, vendor_id))
        return None if name is None else self.calls[name]

    def webhooks(self, call: str) -> tuple[Delivery, ...]:
        """A call's deliveries, in the order in which they were sent."""
        return tuple(self.deliveries[name] for name in self.sent.get(call, ()))

    def marked(self, key: str, since: int) -> int:
        """How often this key has been marked after `since`, in ms."""
        times = self.marks.get(key, ())
        return len(times) - bisect_right(times, since)


BARE = View()
"""Of a sandbox in which nothing has happened."""


def blob(data: bytes) -> str:
    """The digest by which an uploaded file is held."""
    return blake2b(data, digest_size=16).hexdigest()
