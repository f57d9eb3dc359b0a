"""The part of a sandbox that a provider may read beside the request, the call and the account."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.webhook import Delivery


class ReadModel(NamedTuple):
    """`calls` by our id, oldest first; `named` leads from (provider, vendor's id) to ours.

    `accounts` are by provider and name. `sent` leads from a call to its `deliveries`, `marks` from
    a key to the times in ms at which it
    was marked, `held` from a digest to an uploaded file. `prefix` goes before the path of a link to
    this sandbox.
    """

    seed: str = ""
    path_prefix: str = ""
    accounts: Mapping[tuple[str, str], Account] = EMPTY_MAPPING
    calls: Mapping[str, Call] = EMPTY_MAPPING
    call_ids_by_vendor_id: Mapping[tuple[str, str], str] = EMPTY_MAPPING
    deliveries: Mapping[str, Delivery] = EMPTY_MAPPING
    delivery_ids_by_call: Mapping[str, Sequence[str]] = EMPTY_MAPPING
    counts: Mapping[str, Sequence[int]] = EMPTY_MAPPING
    uploads: Mapping[str, bytes] = EMPTY_MAPPING

    def find_call(self, provider: str, vendor_id: str) -> Call | None:
        """The call that the vendor knows by this id."""
        name = self.call_ids_by_vendor_id.get((provider, vendor_id))
        return None if name is None else self.calls[name]

    def call_deliveries(self, call_id: str) -> tuple[Delivery, ...]:
        """A call's deliveries, in the order in which they were sent."""
        return tuple(self.deliveries[name] for name in self.delivery_ids_by_call.get(call_id, ()))

    def count_since(self, key: str, since: int) -> int:
        """How often this key has been marked after `since`, in ms."""
        times = self.counts.get(key, ())
        return len(times) - bisect_right(times, since)


EMPTY_READ_MODEL = ReadModel()
"""Of a sandbox in which nothing has happened."""


def upload_digest(data: bytes) -> str:
    """The digest by which an uploaded file is held."""
    return blake2b(data, digest_size=16).hexdigest()
