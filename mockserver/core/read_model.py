"""The read model: the state of a sandbox that a provider may read."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.webhook import Delivery


class ReadModel(NamedTuple):
    """Live read-only views of the state; they show every later change.

    - `path_prefix` precedes the path of every link to this sandbox.
    - `accounts`: (provider, name) -> account.
    - `calls`: our id -> call, oldest first.
    - `call_ids_by_vendor_id`: (provider, vendor's id) -> our id.
    - `live_call_ids`: (provider, name of an account) -> our ids of its calls that have not ended.
    - `deliveries`: id -> delivery; `delivery_ids_by_call`: our id of a call -> ids.
    - `counts`: key -> the times in ms at which it was counted, in ascending order.
    - `sequences`: key -> how many numbers of the sequence are used.
    - `uploads`: `upload_digest` of a file -> the file.
    """

    seed: str = ""
    path_prefix: str = ""
    accounts: Mapping[tuple[str, str], Account] = EMPTY_MAPPING
    calls: Mapping[str, Call] = EMPTY_MAPPING
    call_ids_by_vendor_id: Mapping[tuple[str, str], str] = EMPTY_MAPPING
    live_call_ids: Mapping[tuple[str, str], Collection[str]] = EMPTY_MAPPING
    deliveries: Mapping[str, Delivery] = EMPTY_MAPPING
    delivery_ids_by_call: Mapping[str, Sequence[str]] = EMPTY_MAPPING
    counts: Mapping[str, Sequence[int]] = EMPTY_MAPPING
    sequences: Mapping[str, int] = EMPTY_MAPPING
    uploads: Mapping[str, bytes] = EMPTY_MAPPING

    def find_call(self, provider: str, vendor_id: str) -> Call | None:
        """Return the call with this vendor's id."""
        call_id = self.call_ids_by_vendor_id.get((provider, vendor_id))
        return None if call_id is None else self.calls[call_id]

    def live_calls(self, account: tuple[str, str]) -> tuple[Call, ...]:
        """Return the calls of an account that have not ended, oldest first."""
        return tuple(self.calls[name] for name in self.live_call_ids.get(account, ()))

    def call_deliveries(self, call_id: str) -> tuple[Delivery, ...]:
        """Return the deliveries of a call in the order in which they were created."""
        return tuple(self.deliveries[name] for name in self.delivery_ids_by_call.get(call_id, ()))

    def count_since(self, key: str, since: int) -> int:
        """Return how often the key has been counted after `since` (ms)."""
        times = self.counts.get(key, ())
        return len(times) - bisect_right(times, since)


EMPTY_READ_MODEL = ReadModel()
"""The read model of a sandbox without accounts and calls."""


def upload_digest(data: bytes) -> str:
    """Return the digest under which an uploaded file is stored."""
    return blake2b(data, digest_size=16).hexdigest()
