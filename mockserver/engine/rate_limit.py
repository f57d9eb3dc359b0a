"""The rate limit of an account: a query, and the verb that counts a request."""

from collections import deque
from itertools import takewhile

from mockserver.core.account import Account
from mockserver.engine.sandbox_state import SandboxState


def is_over_limit(state: SandboxState, account: Account, now: int) -> bool:
    """Whether as many requests as the account's limit allows came within its period."""
    limits = account.limits
    if limits is None:
        return False
    times = state.request_times.get(account.key, ())
    expired = sum(1 for _ in takewhile(lambda at: at <= now - limits.per, times))
    return len(times) - expired >= limits.requests


def record_request_time(state: SandboxState, account: Account, now: int) -> None:
    """Count a request against the account's limit, if it has one; drop the expired times."""
    if account.limits is None:
        return
    times = state.request_times.setdefault(account.key, deque())
    while times and times[0] <= now - account.limits.per:
        times.popleft()
    times.append(now)
