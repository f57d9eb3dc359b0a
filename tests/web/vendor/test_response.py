"""A vendor response is built field by field, and sent in one write or by ASGI."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Send

from mockserver.core.http import Request, Response
from mockserver.core.journal import Ignored
from mockserver.core.selection import ScenarioSet
from mockserver.engine.exchange import Exchange
from mockserver.web.server.transport import WRITE_RESPONSE_KEY, HeaderField
from mockserver.web.vendor.response import (
    MAX_LINE_BYTES,
    AsgiResponse,
    UnsendableHeader,
    add_time_header,
    build_response,
)

MOCK_FIELDS: list[HeaderField] = [
    (b"x-mock-request", b"r1"),
    (b"x-mock-now", b"1970-01-01T00:00:00.250Z"),
]
JSON: HeaderField = (b"content-type", b"application/json")
ALLOW: HeaderField = (b"allow", b"GET, POST")


def build_exchange(response: Response, **more: Any) -> Exchange:
    request = Request(method="POST", path="/")
    return Exchange(
        id="r1",
        at=250,
        provider="p",
        operation="o",
        request=request,
        response=response,
        fault=more.pop("fault", None),
        explanation="",
        scenario_names=(),
        scenarios=ScenarioSet({}, ""),
    ).replace(**more)


def content_length(size: int) -> HeaderField:
    return b"content-length", b"%d" % size


@pytest.mark.parametrize(
    ("response", "more", "expected"),
    [
        (Response(status=200, body={"a": "\u00e9"}), {},
         (200, [*MOCK_FIELDS, content_length(10), JSON], b'{"a":"\xc3\xa9"}')),
        (Response(status=200, body=b"plain"), {},
         (200, [*MOCK_FIELDS, content_length(5)], b"plain")),
        (Response(status=302, body=b"", headers={"Location": "/login"}), {},
         (302, [(b"location", b"/login"), *MOCK_FIELDS, content_length(0)], b"")),
        (Response(status=400, body=[], headers={"content-type": "text/json"}), {},
         (400, [(b"content-type", b"text/json"), *MOCK_FIELDS, content_length(2)], b"[]")),
        (Response(status=204, body=b""), {}, (204, MOCK_FIELDS, b"")),
        (Response(status=200, body=b""), {"call_ids": ("c1", "c2")},
         (200, [*MOCK_FIELDS, (b"x-mock-call", b"c1"), content_length(0)], b"")),
        (Response(status=422, body=b""), {"fault": "bad", "explanation": "bad: \u00e9\n"},
         (422, [*MOCK_FIELDS, (b"x-mock-fault", b"bad"), (b"x-mock-explain", b"bad: \\xe9\\x0a"),
                content_length(0)], b"")),
    ],
)  # fmt: skip
def test_a_response_is_built_field_by_field(
    response: Response, more: dict[str, Any], expected: tuple[int, list[HeaderField], bytes]
) -> None:
    assert build_response(build_exchange(response, **more)) == expected


@pytest.mark.parametrize(("status", "fields"), [(405, [ALLOW]), (404, []), (200, [])])
def test_only_a_405_response_has_the_allow_header(status: int, fields: list[HeaderField]) -> None:
    assert (
        build_response(build_exchange(Response(status=status, body=b"")), ("GET", "POST")).headers[
            3:
        ]
        == fields
    )


@pytest.mark.parametrize("is_written", [True, False])
def test_a_response_is_sent_in_one_write_or_as_two_asgi_messages(*, is_written: bool) -> None:
    written, sent = list[tuple[object, ...]](), list[Message]()

    def write(*arguments: object) -> bool:
        written.append(arguments)
        return is_written

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {WRITE_RESPONSE_KEY: write}
    asyncio.run(AsgiResponse(status=200, headers=MOCK_FIELDS, body=b"ok")(scope, receive, send))
    messages = [
        {"type": "http.response.start", "status": 200, "headers": MOCK_FIELDS},
        {"type": "http.response.body", "body": b"ok"},
    ]
    assert (written, sent) == ([(scope, 200, MOCK_FIELDS, b"ok")], [] if is_written else messages)


@pytest.mark.parametrize("unit", ["x", "\x00", "\u00e9", "\U0001f600"])
@pytest.mark.parametrize("name", [b"x-mock-explain", b"x-mock-ignored"])
def test_a_long_header_of_the_mock_server_is_cut_and_says_where_the_rest_is(
    name: bytes, unit: str
) -> None:
    text = unit * 40_000
    more: dict[str, Any] = {"explanation": text}
    if name == b"x-mock-ignored":
        more = {"ignored": (Ignored(scenario="s", what=text, reason="r", strict=True),)}
    exchange = build_exchange(Response(status=200, body=b""), **more)
    value = dict(build_response(exchange).headers)[name]
    assert len(value) == MAX_LINE_BYTES
    assert value.endswith(b"... (cut; the whole text: GET /_mock/explain/r1)")
    assert value.decode().isprintable()


def test_a_header_of_the_mock_server_that_just_fits_is_whole() -> None:
    text = "x" * MAX_LINE_BYTES
    exchange = build_exchange(Response(status=200, body=b""), explanation=text)
    assert dict(build_response(exchange).headers)[b"x-mock-explain"] == text.encode()


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0)])
def test_no_header_has_a_control_character(code: int) -> None:
    response = Response(status=302, body=b"", headers={"location": f"/a{chr(code)}b"})
    exchange = build_exchange(response, explanation=f"a{chr(code)}b")
    fields = dict(build_response(exchange).headers)
    assert fields[b"location"] == b"/a\\x%02xb" % code
    assert fields[b"x-mock-explain"] == b"a\\x%02xb" % code


@pytest.mark.parametrize(
    "field",
    [
        (b"x-a", b"a\nb"),
        (b"x-a", b"a\rb"),
        (b"x-a", b"\0"),
        (b"x-a", b"\x1b[31m"),
        (b"x-a", b"\x7f"),
        (b"x a", b"b"),
        (b"", b"b"),
    ],
)
def test_a_response_with_a_header_that_would_break_its_head_does_not_start(
    field: HeaderField,
) -> None:
    sent = list[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    start = {"type": "http.response.start", "status": 200, "headers": [field]}
    with pytest.raises(UnsendableHeader):
        asyncio.run(run_send(add_time_header(send, {}), start))
    assert sent == []


async def run_send(send: Send, message: Message) -> None:
    await send(message)
