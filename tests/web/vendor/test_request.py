"""A request is read up to its limit, and parsed from its ASGI scope and body."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Scope

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.web.vendor.request import DEFAULT_BODY_LIMIT, BodyTooLarge, parse_request, read_body
from tests.support import read
from tests.support.edge_site import build_edge_site
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS, read_problem


class ScriptedReceive:
    """Returns its messages one by one; `messages` holds those that were not received."""

    def __init__(self, *messages: Message) -> None:
        self.messages = list(messages)

    async def __call__(self) -> Message:
        return self.messages.pop(0)


def chunk(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([{"type": "http.request"}], b""),
        ([{"type": "http.request", "body": b"abc"}], b"abc"),
        ([chunk(b"abc", more=False)], b"abc"),
        ([chunk(b"a"), chunk(b""), chunk(b"b"), chunk(b"c", more=False)], b"abc"),
        ([chunk(b"a"), {"type": "http.request"}], b"a"),
        ([chunk(b"12345"), chunk(b"67890", more=False)], b"1234567890"),
    ],
)
def test_a_body_is_joined_from_its_chunks(messages: list[Message], expected: bytes) -> None:
    assert asyncio.run(read_body(ScriptedReceive(*messages), 10)) == expected


@pytest.mark.parametrize(("parts", "unread"), [([11], 0), ([5, 6, 1], 1), ([10, 0, 1, 1, 1], 2)])
def test_reading_stops_once_a_body_exceeds_the_limit(parts: list[int], unread: int) -> None:
    receive = ScriptedReceive(*(chunk(bytes(size)) for size in parts))
    with pytest.raises(BodyTooLarge):
        asyncio.run(read_body(receive, 10))
    assert len(receive.messages) == unread


def test_the_default_body_limit_is_one_million_bytes() -> None:
    assert DEFAULT_BODY_LIMIT == 1_000_000
    with pytest.raises(BodyTooLarge):
        asyncio.run(read_body(ScriptedReceive(chunk(bytes(DEFAULT_BODY_LIMIT + 1)))))


def build_scope(**changes: Any) -> Scope:
    defaults: Scope = {
        "method": "POST",
        "scheme": "http",
        "path": "/a b",
        "query_string": b"",
        "headers": [],
        "client": None,
    }
    return {**defaults, **changes}


@pytest.mark.parametrize(
    ("changes", "body", "expected"),
    [
        ({}, b"", Request(method="POST", path="/a b", origin="http://", client="")),
        (
            {"client": ("10.0.0.7", 4711), "headers": [(b"host", b"mock.test:80")]},
            b"",
            Request(
                method="POST",
                path="/a b",
                host="mock.test:80",
                origin="http://mock.test:80",
                headers={"host": "mock.test:80"},
                client="10.0.0.7",
            ),
        ),
        (
            {"headers": [(b"content-type", b"application/json")], "query_string": b"a=1&b=2"},
            b'{"b": 3}',
            Request(
                method="POST",
                path="/a b",
                origin="http://",
                headers={"content-type": "application/json"},
                query="a=1&b=2",
                fields={"a": "1", "b": 3},
                client="",
                body=b'{"b": 3}',
            ),
        ),
        (
            {"headers": [(b"x-odd", b"\xff\xe9")]},
            b"",
            Request(
                method="POST", path="/a b", origin="http://", headers={"x-odd": "ÿé"}, client=""
            ),
        ),
        (
            {"query_string": b"a=1"},
            b'{"broken',
            Request(
                method="POST",
                path="/a b",
                origin="http://",
                query="a=1",
                fields={"a": "1"},
                client="",
                body=b'{"broken',
                body_error="the body is not JSON: line 1 column 2: Unterminated string starting at",
            ),
        ),
    ],
)
def test_a_request_is_parsed_from_its_asgi_scope_and_body(
    changes: dict[str, Any], body: bytes, expected: Request
) -> None:
    assert parse_request(build_scope(**changes), body) == expected


CONTENT_ENCODINGS = ("br", "zstd", "gzip, identity", "gzip,gzip", "x")


@pytest.mark.parametrize("encoding", CONTENT_ENCODINGS)
@pytest.mark.parametrize("path", [CLICK_TO_CALL_PATH, "/_mock/wait", "/nobody/has/this"])
def test_a_body_with_another_content_encoding_gets_415(
    configuration: Configuration, path: str, encoding: str
) -> None:
    edge = build_edge_site(configuration)
    response = edge.request("POST", path, content=b"{}", headers={"content-encoding": encoding})
    assert read_problem(response) == (
        415,
        "unsupported-encoding",
        f"send it plain, as gzip or as deflate, not as {encoding}",
    )
    assert read.entry_count(edge.default.state) == read.own_refusal_count(edge.default.state)


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
def test_a_body_with_the_content_encoding_identity_is_accepted(
    configuration: Configuration, encoding: str
) -> None:
    headers = {**HEADERS, "content-encoding": encoding}
    assert (
        build_edge_site(configuration)
        .request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)
        .status_code
        == 200
    )
