"""The request that carries a webhook: what can be sent, and its bytes."""

import pytest

from mockserver.delivery.address_policy import ParsedUrl
from mockserver.delivery.http_request import HttpRequest, build_request
from tests.support.builders import build_webhook

PLACE = ParsedUrl(host="vendor.test", port=8080, is_secure=False, path="/hook?a=1")


def test_wire_of_a_letter() -> None:
    letter = HttpRequest(
        method="POST", path="/hook?a=1", headers={"host": "h", "x": ""}, body=b"\xff"
    )
    assert letter.wire_bytes == b"POST /hook?a=1 HTTP/1.1\r\nhost: h\r\nx: \r\n\r\n\xff"


def test_written_for_a_place() -> None:
    letter = build_request(PLACE, build_webhook(url="", body={"a": 1}, method="PUT"))
    assert (letter.method, letter.path, letter.body) == ("PUT", "/hook?a=1", b'{"a":1}')
    assert list(letter.headers) == [
        "host", "user-agent", "accept", "accept-encoding", "content-type", "content-length",
    ]  # fmt: skip
    assert letter.headers["host"] == "vendor.test:8080"


@pytest.mark.parametrize(
    ("headers", "last"), [({}, False), ({"Connection": "close"}, True), ({"X": "close"}, False)]
)
def test_last(headers: dict[str, str], last: bool) -> None:  # noqa: FBT001 - a table
    assert build_request(PLACE, build_webhook(headers=headers)).has_connection_header == last


@pytest.mark.parametrize(
    ("method", "headers", "sound"),
    [
        ("GET", {"content-length": "0"}, True),
        ("GET", {"content-length": "1"}, False),
        ("POST", {"content-length": "0"}, True),
        ("POST", {"content-length": "00"}, False),
        ("POST", {"transfer-encoding": "chunked"}, False),
        ("POST", {"Transfer-Encoding": "identity"}, False),
        ("REPORT", {"x": "a\tb c"}, True),
        ("POST", {"x": "\x7f"}, False),
        ("POST", {"x": "\x01"}, False),
        ("CONNECT", {}, False),
    ],
)
def test_sound(method: str, headers: dict[str, str], sound: bool) -> None:  # noqa: FBT001 - a table
    try:
        build_request(PLACE, build_webhook(method=method, headers=headers))
    except ValueError:
        assert not sound
    else:
        assert sound
