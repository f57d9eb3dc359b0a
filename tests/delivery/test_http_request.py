"""The HTTP request of a webhook: which can be sent, and its bytes."""

import pytest

from mockserver.core.webhook_url import ParsedUrl
from mockserver.delivery.http_request import HttpRequest, build_request
from tests.support.builders import build_webhook

URL = ParsedUrl(host="vendor.test", port=8080, is_secure=False, path="/hook?a=1")


def test_a_request_is_serialized_as_http_1_1() -> None:
    request = HttpRequest(
        method="POST", path="/hook?a=1", headers={"host": "h", "x": ""}, body=b"\xff"
    )
    assert request.wire_bytes == b"POST /hook?a=1 HTTP/1.1\r\nhost: h\r\nx: \r\n\r\n\xff"


def test_a_request_is_built_from_the_url_and_the_webhook() -> None:
    request = build_request(URL, build_webhook(url="", body={"a": 1}, method="PUT"))
    assert (request.method, request.path, request.body) == ("PUT", "/hook?a=1", b'{"a":1}')
    assert list(request.headers) == [
        "host", "user-agent", "accept", "accept-encoding", "connection", "content-type",
        "content-length",
    ]  # fmt: skip
    assert request.headers["host"] == "vendor.test:8080"


def test_the_credentials_of_the_url_are_sent_unless_the_webhook_has_others() -> None:
    url = URL.replace(authorization="Basic dTpw")
    own = build_webhook(headers={"Authorization": "Bearer x"})
    assert build_request(url, build_webhook()).headers["authorization"] == "Basic dTpw"
    assert build_request(url, own).headers["authorization"] == "Bearer x"


@pytest.mark.parametrize(
    ("method", "headers", "is_sendable"),
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
def test_a_request_that_cannot_be_sent_is_rejected(
    method: str, headers: dict[str, str], *, is_sendable: bool
) -> None:
    try:
        build_request(URL, build_webhook(method=method, headers=headers))
    except ValueError:
        assert not is_sendable
    else:
        assert is_sendable
