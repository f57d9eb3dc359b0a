"""Header fields are parsed, and unusual heads are kept for a full check."""

import pytest

from mockserver.web.dependencies import UNUSUAL_HEADERS, parse_headers
from mockserver.web.server.transport import HeaderField

HOST = (b"host", b"localhost")


@pytest.mark.parametrize(
    ("fields", "is_unusual"),
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
def test_only_an_unusual_head_is_kept_for_a_full_check(
    fields: list[HeaderField], *, is_unusual: bool
) -> None:
    headers = parse_headers(fields).unusual
    assert (None if headers is None else headers.raw) == (fields if is_unusual else None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([HOST], ""),
        ([HOST, (b"accept", b"text/html")], "text/html"),
        ([HOST, (b"accept", b"first"), (b"accept", b"second")], "first"),
        ([HOST, (b"accept", b"\xe9")], "\u00e9"),
    ],
)
def test_the_first_value_of_a_header_is_returned_or_an_empty_string(
    fields: list[HeaderField], expected: str
) -> None:
    assert parse_headers(fields).get(b"accept") == expected
