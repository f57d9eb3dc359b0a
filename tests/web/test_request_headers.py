"""What is read of a head, and which heads have to be looked at closely."""

import pytest

from mockserver.web.dependencies import UNUSUAL_HEADERS, parse_headers
from mockserver.web.server.transport import HeaderField

HOST = (b"host", b"localhost")


@pytest.mark.parametrize(
    ("fields", "close"),
    [
        ([HOST], False),
        ([HOST, (b"accept", b"text/html"), (b"x-mock-sandbox", b"t1")], False),
        ([], True),
        ([(b"accept", b"*/*")], True),
        ([HOST, HOST], True),
        ([HOST, (b"accept", b"a"), (b"accept", b"b")], True),
        *(([HOST, (name, b"x")], True) for name in sorted(UNUSUAL_HEADERS)),
    ],
)
def test_a_head_is_looked_at_closely(fields: list[HeaderField], *, close: bool) -> None:
    odd = parse_headers(fields).unusual
    assert (None if odd is None else odd.raw) == (fields if close else None)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ([HOST], ""),
        ([HOST, (b"accept", b"text/html")], "text/html"),
        ([HOST, (b"accept", b"first"), (b"accept", b"second")], "first"),
        ([HOST, (b"accept", b"\xe9")], "\u00e9"),
    ],
)
def test_get(fields: list[HeaderField], told: str) -> None:
    assert parse_headers(fields).get(b"accept") == told
