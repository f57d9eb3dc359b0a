"""Hands a webhook to an inbox of this server without a socket, where HTTP would add nothing.

Our own front door is as busy as we are: uvloop lets one connection in at each turn of its loop, so
that under load a webhook to ourselves would wait behind all requests.
"""

import re
from typing import Final

from mockserver.core.webhook import DeliveryResult
from mockserver.runtime.inboxes import Received
from mockserver.runtime.letter import Letter
from mockserver.runtime.sandboxes import DEFAULT, Sandboxes

INBOX: Final = re.compile(r"(?:/_sandbox/([\w.-]+))?(/_mock/inbox/([\w.-]+))(?:\?(.*))?", re.ASCII)
METHODS: Final = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
TELLING: Final = frozenset(("x-mock-sandbox", "content-encoding", "connection"))
"""Headers that the server itself heeds."""

ROOM: Final = 65_536  # bytes of a body


async def handed(sandboxes: Sandboxes, letter: Letter) -> DeliveryResult | None:
    """The inbox's answer; None for what is not plain enough, or meant for something else."""
    found = INBOX.fullmatch(letter.path)
    if found is None or sandboxes.known(found[1] or DEFAULT) is None or not _plain(letter):
        return None
    prefixed, path, name, query = found.groups("")
    sandbox = sandboxes.get(prefixed or DEFAULT)
    come = Received(
        sandbox.clock.now(), letter.method, path, query, dict(letter.headers), letter.body
    )
    return DeliveryResult(await sandbox.inboxes[name].take(come))


def _plain(letter: Letter) -> bool:
    usual = letter.method in METHODS and len(letter.body) <= ROOM
    return usual and TELLING.isdisjoint(letter.headers)
