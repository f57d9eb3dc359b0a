"""One connection, played to it byte by byte: what it hears, and when it may be kept."""

import asyncio
import ssl
from typing import Any, cast

import pytest

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.connection import Connection
from mockserver.delivery.http_request import HttpRequest
from tests.support.receivers import OK_RESPONSE

ASKED = HttpRequest(method="POST", path="/", headers={"host": "h"}, body=b"")
HEAD = HttpRequest(method="HEAD", path="/", headers={"host": "h"}, body=b"")


class Wire(asyncio.Transport):
    """A transport and its socket, on which nothing happens by itself."""

    def __init__(self, waits: Exception | bytes | None = None, unsent: int = 0) -> None:
        super().__init__({"sockname": ("127.0.0.1", 5, 0, 0)})
        self.waits, self.unsent, self.over = waits, unsent, False

    def write(self, _: object) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def recv(self, *_: int) -> bytes:
        if isinstance(self.waits, bytes):
            return self.waits
        raise self.waits or BlockingIOError

    def is_closing(self) -> bool:
        return self.over

    def abort(self) -> None:
        self.over = True


def line(wire: Wire, gone: list[Connection]) -> Connection:
    made = Connection("127.0.0.1", cast("Any", wire), gone.append)
    made.connection_made(wire)
    return made


def heard(before: bytes, after: tuple[bytes, ...], wire: Wire, asked: HttpRequest = ASKED) -> Any:
    """What comes before a webhook has been sent, and after it; then whether the line is kept."""

    async def scenario() -> tuple[DeliveryResult, bool]:
        made = line(wire, [])
        if before:
            made.data_received(before)
        asking = asyncio.create_task(made.send(asked))
        await asyncio.sleep(0)
        for part in after:
            made.data_received(part)
        return await asking, made.is_reusable

    return asyncio.run(scenario())


SAID = DeliveryResult(status=200, error=None, body=b"ok")


@pytest.mark.parametrize(
    ("before", "after", "unsent", "expected"),
    [
        (b"", (OK_RESPONSE,), 0, (SAID, True)),
        (b"", tuple(OK_RESPONSE[at : at + 1] for at in range(len(OK_RESPONSE))), 0, (SAID, True)),
        (b"", (OK_RESPONSE,), 1, (SAID, False)),
        (b"", (OK_RESPONSE, OK_RESPONSE), 0, (SAID, False)),
        (b"", (OK_RESPONSE[:-1], OK_RESPONSE[-1:] + b"x"), 0, (SAID, False)),
        (OK_RESPONSE, (), 0, (SAID, False)),
        (OK_RESPONSE[:20], (OK_RESPONSE[20:],), 0, (SAID, True)),
        (b"garbage", (), 0, (DeliveryResult(status=None, error="protocol"), False)),
    ],
)
def test_heard(
    before: bytes, after: tuple[bytes, ...], unsent: int, expected: tuple[DeliveryResult, bool]
) -> None:
    assert heard(before, after, Wire(unsent=unsent)) == expected


def test_a_head_has_no_body_to_wait_for() -> None:
    assert heard(b"", (OK_RESPONSE.removesuffix(b"ok"),), Wire(), HEAD) == (
        DeliveryResult(status=200),
        False,
    )


@pytest.mark.parametrize(
    ("waits", "over", "quiet"),
    [
        (None, False, True),
        (None, True, False),
        (b"", False, False),
        (b"x", False, False),
        (ConnectionResetError(), False, False),
    ],
)
def test_quiet(waits: Exception | bytes | None, over: bool, quiet: bool) -> None:  # noqa: FBT001 - a table
    async def scenario() -> bool:
        wire = Wire(waits)
        made = line(wire, [])
        wire.over = over
        return made.is_idle()

    assert asyncio.run(scenario()) == quiet


def test_an_end_is_told_to_who_asks_and_to_who_keeps() -> None:
    async def scenario() -> None:
        made = line(Wire(), gone)
        asking = asyncio.create_task(made.send(ASKED))
        await asyncio.sleep(0)
        made.connection_lost(ssl.SSLError("alert"))
        assert gone == [made]
        await asking

    gone = list[Connection]()
    with pytest.raises(ssl.SSLError, match="alert"):
        asyncio.run(scenario())


def test_an_end_before_anything_was_asked_is_a_reset() -> None:
    async def scenario() -> DeliveryResult:
        made = line(Wire(), [])
        made.eof_received()
        made.connection_lost(ConnectionResetError())
        return await made.send(ASKED)

    assert asyncio.run(scenario()) == DeliveryResult(status=None, error="reset")


def test_own_end_of_a_line() -> None:
    async def scenario() -> tuple[str, int]:
        return line(Wire(), []).local_address

    assert asyncio.run(scenario()) == ("127.0.0.1", 5)
