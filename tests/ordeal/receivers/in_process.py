"""Sends drawn deliveries to a receiver in this process, in virtual time."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from mockserver.testing import SentWebhook
from tests.ordeal.receivers.clocks import VirtualClock
from tests.ordeal.receivers.receiver import Receiver


class Response(NamedTuple):
    status: int
    seconds: float


class Pieces(io.RawIOBase):
    """A body that comes in pieces, one for each read."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        super().__init__()
        self._pieces = [*pieces]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._pieces.pop(0) if self._pieces else b""
        buffer[: len(piece)] = piece
        return len(piece)


def deliver(receiver: Receiver, deliveries: Sequence[SentWebhook]) -> list[Response]:
    """Send the webhooks, and return the responses; no time passes after the last one."""
    clock = receiver.clock = VirtualClock()
    responses: dict[int, Response] = {}
    for group in _sent_at_once(deliveries):
        clock.advance(datetime.fromisoformat(deliveries[group[0]].at).timestamp())
        for index in group:
            clock.start(partial(_send, receiver, deliveries[index], responses, index))
        while any(index not in responses for index in group):
            clock.pass_time()
    return [responses[index] for index in range(len(deliveries))]


def _sent_at_once(deliveries: Sequence[SentWebhook]) -> Iterator[list[int]]:
    """Yield the positions of webhooks that come together."""
    group: list[int] = []
    for index, sent in enumerate(deliveries):
        if group and not sent.at_once:
            yield group
            group = []
        group.append(index)
    if group:
        yield group


def _send(
    receiver: Receiver, sent: SentWebhook, responses: dict[int, Response], index: int
) -> None:
    environ = {
        "PATH_INFO": "/hook",
        "QUERY_STRING": sent.query,
        "CONTENT_LENGTH": str(len(sent.body)),
        "wsgi.input": io.BufferedReader(Pieces(sent.pieces)),
    }
    begun, statuses = receiver.clock.now(), list[str]()
    receiver(environ, lambda status, _: statuses.append(status))
    responses[index] = Response(int(statuses[0][:3]), receiver.clock.now() - begun)
