"""The advances of a sandbox: what one returns, and whose turn it is."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any, Final, Literal, NamedTuple

MAX_WAIT: Final = 3.0
"""Real seconds in which a webhook that is on its way has to be answered while an advance waits."""

EMPTY: Final = "empty"
Target = int | Literal["empty"] | None
"""The end of an advance: a time in ms, None for until idle, `EMPTY` for until nothing is due."""

DEADLOCK: Final = (
    "another advance of this sandbox waits for the answer to a webhook: if the receiver of it has "
    "sent this, it has to answer first"
)
"""What `AdvanceInProgress` means, in one sentence."""


class AdvanceResult(NamedTuple):
    """The result of an advance: due items run, delivery attempts made, and why it ended early.

    `stop_reason` is None, or `limit` if an advance until idle or empty ran into `MAX_EVENTS` or
    `HORIZON`, `person` if one until idle stopped before the end of a wait for a person, `reset` if
    the sandbox was reset, `stop` if it was stopped. `errors` are the internal errors that it met;
    each has ended a call or a webhook.
    """

    events: int
    attempts: int
    stop_reason: str | None
    errors: int = 0


class AdvanceInProgress(Exception):
    """An advance that may have been asked for by the receiver of a webhook that another one sends.

    That one waits for the response to the webhook: neither would ever end.
    """


def never_met() -> bool:
    return False


class Turns:
    """Lets the advances of a sandbox happen one after another, never two at a time."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @property
    def is_taken(self) -> bool:
        return self._lock.locked()

    @asynccontextmanager
    async def take(self, deliveries: Collection[asyncio.Task[Any]]) -> AsyncIterator[None]:
        """Wait for the end of other advances; `deliveries` are the webhooks on their way.

        Raises:
            AdvanceInProgress: another advance runs, and one of its webhooks is not answered within
                `MAX_WAIT` while this one waits.
        """
        if self.is_taken and deliveries:
            _, unanswered = await asyncio.wait(tuple(deliveries), timeout=MAX_WAIT)
            if unanswered:
                raise AdvanceInProgress
        async with self._lock:
            yield
