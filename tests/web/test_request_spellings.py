"""Requests in the spellings of clients: headers in any case, forms of PHP, bodies in chunks."""

import json
from typing import Any

import pytest

from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.sockets import exchange_bytes

CALL = json.dumps(CLICK_TO_CALL)
FORM = "&".join(f"{name}={value}" for name, value in CLICK_TO_CALL.items())
KEY = '{"apiKey":"key","phone":"99999999999","outgoingPhone":"99999999999","record":{"id":1}}'
PHONES = "apiKey=key&phones%5B%5D=99999999999&phones%5B%5D=99999999998"
EFFEBOT = "/effebot/apiCalls/create"

SPELLINGS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "headers in mixed case": (
        CLICK_TO_CALL_PATH,
        (
            "Accept: application/json",
            "authorization: Bearer token",
            "Content-type:application/json",
        ),
        CALL,
    ),
    "headers in lower case": (
        CLICK_TO_CALL_PATH,
        ("authorization: bearer token", "content-type: application/json;charset=utf-8"),
        CALL,
    ),
    "headers in capitals": (
        CLICK_TO_CALL_PATH,
        ("Accept: */*", "AUTHORIZATION: Bearer token", "CONTENT-TYPE: application/json"),
        CALL,
    ),
    "form with a token in the query": (
        f"{CLICK_TO_CALL_PATH}?access_token=token",
        ("Content-Type: application/x-www-form-urlencoded; charset=UTF-8",),
        FORM,
    ),
    "form with arrays of PHP": (
        EFFEBOT,
        ("content-type: application/x-www-form-urlencoded",),
        f"{PHONES}&outgoingPhone=99999999999&record%5Bid%5D=1&ivrs%5B0%5D%5Bdigit%5D=1",
    ),
    "JSON without accept": (EFFEBOT, ("content-type: application/json",), KEY),
}


def post(path: str, headers: tuple[str, ...], body: str, framing: str) -> bytes:
    lines = (f"POST {path} HTTP/1.1", "Host: localhost", *headers, framing, "Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def read_answer(response: bytes) -> tuple[int, object]:
    """Return the status, and the message or the numbers that are called."""
    head, _, body = response.partition(b"\r\n\r\n")
    answer: Any = json.loads(body)
    if isinstance(answer, list):
        return int(head[9:12]), [item["phone"] for item in answer]
    return int(head[9:12]), answer.get("message") or [answer["phone"]]


def expected_answer(path: str, body: str) -> tuple[int, object]:
    if not path.startswith(EFFEBOT):
        return 200, "Call initiated successfully"
    return 200, [number for number in ("99999999999", "99999999998") if number in body]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_request_in_each_spelling_places_a_call(port: int, spelling: str) -> None:
    path, headers, body = SPELLINGS[spelling]
    sent = post(path, headers, body, f"content-length: {len(body)}")
    assert read_answer(exchange_bytes(port, sent)) == expected_answer(path, body)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_body_in_chunks_places_the_same_call(port: int, spelling: str) -> None:
    path, headers, body = SPELLINGS[spelling]
    chunks = f"5\r\n{body[:5]}\r\n{len(body) - 5:X}\r\n{body[5:]}\r\n0\r\n\r\n"
    sent = post(path, headers, chunks, "TRANSFER-ENCODING: chunked")
    assert read_answer(exchange_bytes(port, sent)) == expected_answer(path, body)
