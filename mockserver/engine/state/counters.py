"""The owner of what is counted: requests against a rate limit, keys and sequences of providers."""

from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from itertools import takewhile
from types import MappingProxyType

from mockserver.core.account import Account
from mockserver.core.configuration import AccountKey
from mockserver.engine.bounded_log import MAX_ITEMS


class Counters:
    """The times, in ms, at which something was counted, in ascending order.

    - `request_times`: (provider, name) of an account -> times of its requests.
    - `counts`: key -> times; the key counted least recently comes first.
    - `sequences`: key -> how many numbers of the sequence are used.
    """

    def __init__(self) -> None:
        self._request_times: dict[AccountKey, deque[int]] = {}
        self._counts: OrderedDict[str, list[int]] = OrderedDict()
        self._sequences: dict[str, int] = {}
        self.request_times: Mapping[AccountKey, Sequence[int]] = MappingProxyType(
            self._request_times
        )
        self.counts: Mapping[str, Sequence[int]] = MappingProxyType(self._counts)
        self.sequences: Mapping[str, int] = MappingProxyType(self._sequences)

    def is_over_limit(self, account: Account, now: int) -> bool:
        """Whether as many requests as the account's limit allows came within its period."""
        limits = account.limits
        if limits is None:
            return False
        times = self._request_times.get(account.key, ())
        expired = sum(1 for _ in takewhile(lambda at: at <= now - limits.per, times))
        return len(times) - expired >= limits.requests

    def opens_at(self, account: Account) -> int:
        """The time, in ms, from which an account over its limit may send requests again."""
        limits = account.limits
        times = self._request_times.get(account.key, ())
        if limits is None or not 0 < limits.requests <= len(times):
            return 0
        return times[-limits.requests] + limits.per

    def record_request(self, account: Account, now: int) -> None:
        """Count a request against the account's limit, if it has one; drop the expired times."""
        if account.limits is None:
            return
        times = self._request_times.setdefault(account.key, deque())
        while times and times[0] <= now - account.limits.per:
            times.popleft()
        times.append(now)

    def count(self, key: str, now: int) -> None:
        """Count `key` at `now`. Keeps the last `MAX_ITEMS` times of a key, at least.

        Above `MAX_ITEMS` keys, the key counted least recently is evicted.
        """
        times = self._counts.setdefault(key, [])
        times.append(now)
        self._counts.move_to_end(key)
        if len(times) > 2 * MAX_ITEMS:
            del times[:MAX_ITEMS]
        if len(self._counts) > MAX_ITEMS:
            self._counts.popitem(last=False)

    def advance(self, key: str) -> None:
        """Use the next number of a sequence. A sequence is never evicted."""
        self._sequences[key] = self._sequences.get(key, 0) + 1
