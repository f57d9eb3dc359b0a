"""Reads compressed bodies within the limits of plain ones."""

import asyncio
import zlib
from typing import TYPE_CHECKING, Final

from starlette.types import Receive

from mockserver.web.vendor.request import BodyTooLarge, read_body

if TYPE_CHECKING:
    from starlette.datastructures import Headers

GZIP: Final = 16 + zlib.MAX_WBITS
RAW_DEFLATE: Final = -zlib.MAX_WBITS
PLAIN: Final = ("", "identity")
ENCODINGS: Final = (*PLAIN, "gzip", "x-gzip", "deflate")
"""The encodings of bodies that are read."""

SLICE: Final = 1_000_000
"""Bytes that are unpacked between two turns of the event loop."""


class MalformedBody(Exception):
    """The body is not encoded as its Content-Encoding says; the message says what is wrong."""


def content_encoding(headers: "Headers") -> str:
    """The encoding of the body in lower case; several are joined by commas."""
    return ",".join(headers.getlist("content-encoding")).strip().lower()


async def read_plain_body(receive: Receive, headers: "Headers", limit: int) -> bytes:
    """Read the whole body and unpack it; packed and unpacked, it has at most `limit` bytes.

    Raises:
        MalformedBody: the body cannot be unpacked.
        BodyTooLarge, ClientDisconnected: as `read_body`.
    """
    body = await read_body(receive, limit)
    encoding = content_encoding(headers) if body else ""
    return body if encoding in PLAIN else await unpack(body, encoding, limit)


async def unpack(body: bytes, encoding: str, limit: int) -> bytes:
    """Unpack a body; a bomb takes no more memory than a plain body over the limit.

    Raises:
        MalformedBody: it is not so encoded, ends too early, or goes on after its end.
        BodyTooLarge: it has more than `limit` bytes.
    """
    unpacker = zlib.decompressobj(_window_bits(body, encoding))
    parts: list[bytes] = []
    size, packed = 0, body
    while not unpacker.eof:
        try:
            part = unpacker.decompress(packed, SLICE)
        except zlib.error as error:
            raise MalformedBody(f"the body is not {encoding}: {error}") from None
        packed, size = unpacker.unconsumed_tail, size + len(part)
        if size > limit:
            raise BodyTooLarge
        if not (part or packed or unpacker.eof):
            raise MalformedBody(f"the body is not all of its {encoding}: it ends too early")
        parts.append(part)
        await asyncio.sleep(0)
    if unpacker.unused_data:
        raise MalformedBody(f"the body goes on after the end of its {encoding}")
    return b"".join(parts)


def _window_bits(body: bytes, encoding: str) -> int:
    """What zlib expects of the format; some clients send `deflate` without its zlib header."""
    if encoding != "deflate":
        return GZIP
    has_zlib_header = body[0] % 16 == zlib.DEFLATED and int.from_bytes(body[:2]) % 31 == 0
    return zlib.MAX_WBITS if has_zlib_header else RAW_DEFLATE
