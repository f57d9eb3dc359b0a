"""A vendor response is built field by field, and sent in one write or by ASGI."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message

from mockserver.core.http import Request, Response
from mockserver.core.selection import ScenarioSet
from mockserver.engine.exchange import Exchange
from mockserver.web.server.transport import WRITE_RESPONSE_KEY, HeaderField
from mockserver.web.vendor.response import AsgiResponse, build_response

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
