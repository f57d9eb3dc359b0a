"""A vendor's answer on the wire, field by field."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message

from mockserver.core.http import Request, Response
from mockserver.engine.exchange import Exchange
from mockserver.web.server.transport import WRITE_RESPONSE_KEY, HeaderField
from mockserver.web.vendor.response import AsgiResponse, build_response

TOLD: list[HeaderField] = [(b"x-mock-request", b"r1"), (b"x-mock-now", b"1970-01-01T00:00:00.250Z")]
JSON: HeaderField = (b"content-type", b"application/json")
ALLOW: HeaderField = (b"allow", b"GET, POST")


def exchange(reply: Response, **more: Any) -> Exchange:
    asked = Request(method="POST", path="/")
    return Exchange(
        id="r1",
        at=250,
        provider="p",
        operation="o",
        request=asked,
        response=reply,
        fault=more.pop("fault", None),
        explanation="",
        scenarios=(),
    )._replace(**more)


def length(size: int) -> HeaderField:
    return b"content-length", b"%d" % size


@pytest.mark.parametrize(
    ("reply", "more", "wanted"),
    [
        (Response(status=200, body={"a": "\u00e9"}), {},
         (200, [*TOLD, length(10), JSON], b'{"a":"\xc3\xa9"}')),
        (Response(status=200, body=b"plain"), {}, (200, [*TOLD, length(5)], b"plain")),
        (Response(status=302, body=b"", headers={"Location": "/login"}), {},
         (302, [(b"location", b"/login"), *TOLD, length(0)], b"")),
        (Response(status=400, body=[], headers={"content-type": "text/json"}), {},
         (400, [(b"content-type", b"text/json"), *TOLD, length(2)], b"[]")),
        (Response(status=204, body=b""), {}, (204, TOLD, b"")),
        (Response(status=200, body=b""), {"call_ids": ("c1", "c2")},
         (200, [*TOLD, (b"x-mock-call", b"c1"), length(0)], b"")),
        (Response(status=422, body=b""), {"fault": "bad", "explanation": "bad: \u00e9\n"},
         (422, [*TOLD, (b"x-mock-fault", b"bad"), (b"x-mock-explain", b"bad: \\xe9\n"), length(0)],
          b"")),
    ],
)  # fmt: skip
def test_answer(
    reply: Response, more: dict[str, Any], wanted: tuple[int, list[HeaderField], bytes]
) -> None:
    assert build_response(exchange(reply, **more)) == wanted


@pytest.mark.parametrize(("status", "fields"), [(405, [ALLOW]), (404, []), (200, [])])
def test_methods_are_told_with_a_wrong_one(status: int, fields: list[HeaderField]) -> None:
    assert (
        build_response(exchange(Response(status=status, body=b"")), ("GET", "POST")).headers[3:]
        == fields
    )


@pytest.mark.parametrize("taken", [True, False])
def test_it_sends_itself_in_one_or_in_two(*, taken: bool) -> None:
    whole, sent = list[tuple[object, ...]](), list[Message]()

    def take(*answer: object) -> bool:
        whole.append(answer)
        return taken

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {WRITE_RESPONSE_KEY: take}
    asyncio.run(AsgiResponse(status=200, headers=TOLD, body=b"ok")(scope, receive, send))
    two = [
        {"type": "http.response.start", "status": 200, "headers": TOLD},
        {"type": "http.response.body", "body": b"ok"},
    ]
    assert (whole, sent) == ([(scope, 200, TOLD, b"ok")], [] if taken else two)
