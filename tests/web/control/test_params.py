"""The JSON body, filters and page of a control request are parsed and checked."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message

from mockserver.web.control.pages import matches_filters, paginate, read_filters
from mockserver.web.control.params import read_json_object, sandbox_of
from mockserver.web.problems import ProblemError
from tests.support.site import read_problem
from tests.support.site_client import SiteClient

ITEMS = [{"id": number, "state": state, "call": None} for number, state in enumerate("abba")]


def build_request(query: str = "", body: bytes = b"") -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    state = {"request_info": SimpleNamespace(sandbox="box")}
    scope = {"type": "http", "query_string": query.encode(), "headers": [], "state": state}
    return Request(scope, receive)


def test_sandbox_of_returns_the_sandbox_of_the_request() -> None:
    assert sandbox_of(build_request()) == "box"  # type: ignore[comparison-overlap] # a stand-in


NO_OBJECT = "the body is not a JSON object of finite numbers and Unicode text"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{}", {}),
        (b' {"a": [1, 2.5, null, "\xc3\xbc"]}\n', {"a": [1, 2.5, None, "ü"]}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_a_body_that_is_a_json_object_is_parsed(body: bytes, expected: dict[str, Any]) -> None:
    assert asyncio.run(read_json_object(build_request(body=body))) == expected


@pytest.mark.parametrize(
    ("body", "kind", "detail"),
    [
        (b"", "invalid-body", "the body is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"{", "invalid-body", "the body is not JSON: Expecting property name"),
        (b"a=1", "invalid-body", "the body is not JSON: Expecting value"),
        (b"\xff", "invalid-body", "the body is not JSON: 'utf-8' codec can't decode byte"),
        (b'{"a": NaN}', "invalid-body", "the body is not JSON: NaN is not JSON"),
        (b'{"a": -Infinity}', "invalid-body", "the body is not JSON: -Infinity is not JSON"),
        (b"[" * 100_000, "invalid-body", "the body is not JSON: maximum recursion depth exceeded"),
        (
            b'{"a": ' + b"9" * 5_000 + b"}",
            "invalid-body",
            "the body is not JSON: Exceeds the limit",
        ),
        (b"[]", "invalid-body", NO_OBJECT),
        (
            b"null",
            "invalid-body",
            NO_OBJECT,
        ),
        (
            b'"x"',
            "invalid-body",
            NO_OBJECT,
        ),
        (b" " * 1_000_001, "body-too-large", "a request to the control API can have at most 1 MB"),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else None,
)
def test_a_body_that_is_no_json_object_is_rejected(body: bytes, kind: str, detail: str) -> None:
    with pytest.raises(ProblemError) as caught:
        asyncio.run(read_json_object(build_request(body=body)))
    assert caught.value.kind == kind
    assert caught.value.detail.startswith(detail)


def test_the_body_of_a_disconnected_client_is_rejected() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "query_string": b"", "headers": []}
    with pytest.raises(ProblemError) as caught:
        asyncio.run(read_json_object(Request(scope, receive)))
    assert (caught.value.kind, caught.value.detail) == (
        "bad-request",
        "the client has disconnected",
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/_mock/clock"),
        ("POST", "/_mock/clock/advance"),
        ("PATCH", "/_mock/accounts/mobtexting/mobtexting-default"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"[]", b"{"])
def test_a_route_that_reads_a_body_requires_a_json_object(
    site: SiteClient, method: str, path: str, body: bytes
) -> None:
    status, kind, _ = read_problem(site.request(method, path, content=body))
    assert (status, kind) == (422, "invalid-body")


def test_a_body_with_a_lone_surrogate_is_rejected(site: SiteClient) -> None:
    site.click_to_call()
    body = b'{"event": "\\ud800"}'
    assert site.request("POST", "/_mock/calls/c1/events", content=body).status_code == 422


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 1, 2, 3]),
        ("limit=2", [0, 1]),
        ("limit=0", []),
        ("limit=007", [0, 1, 2, 3]),
        ("after=1", [2, 3]),
        ("after=1&limit=1", [2]),
        ("after=3", []),
        ("limit=1&limit=2", [0, 1]),
        ("other=1", [0, 1, 2, 3]),
    ],
)
def test_limit_and_after_select_a_page_of_items(query: str, expected: list[int]) -> None:
    assert [item["id"] for item in paginate(iter(ITEMS), build_request(query))] == expected


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("after=", "nothing here has the id '' to come after"),
        ("after=4", "nothing here has the id '4' to come after"),
        ("after=01", "nothing here has the id '01' to come after"),
        ("limit=", "limit must be a whole number"),
        ("limit=-1", "limit must be a whole number"),
        ("limit=1.5", "limit must be a whole number"),
        ("limit=%C2%B2", "limit must be a whole number"),
        ("limit=9999999999", "limit must be a whole number"),
        pytest.param("limit=" + "9" * 4_301, "limit must be a whole number", id="huge"),
    ],
)
def test_an_invalid_limit_or_after_is_rejected(query: str, detail: str) -> None:
    with pytest.raises(ProblemError) as caught:
        paginate(ITEMS, build_request(query))
    assert (caught.value.kind, caught.value.detail) == ("invalid-query", detail)


def test_a_huge_limit_gives_all_items() -> None:
    assert paginate(ITEMS, build_request("limit=" + "9" * 9)) == ITEMS


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 1, 2, 3]),
        ("state=a", [0, 3]),
        ("state=a&id=3", [3]),
        ("state=", []),
        ("state=A", []),
        ("state=a,c,b,a", [0, 1, 2, 3]),
        ("state=b,c&id=1,3", [1]),
        ("call=", [0, 1, 2, 3]),
        ("call=None", []),
        ("state=[a]", [0, 3]),
        ("unknown=1", [0, 1, 2, 3]),
    ],
)
def test_an_item_matches_when_it_equals_every_known_filter(query: str, expected: list[int]) -> None:
    filters = read_filters(build_request(query), ("id", "state", "call"))
    ids = [item["id"] for item in ITEMS if matches_filters(item, filters)]
    assert ids == expected


@pytest.mark.parametrize(
    ("method", "path", "detail"),
    [
        ("GET", "/calls?stat=ended", "'stat': did you mean 'state'?"),
        (
            "GET",
            "/calls?zzz=1",
            (
                "'zzz': it takes provider, state, outcome, vendor_id, ids, q, fields, limit, "
                "after, before, order"
            ),
        ),
        ("GET", "/requests?stats=200", "'stats': did you mean 'status'?"),
        ("GET", "/webhooks?calls=c1", "'calls': did you mean 'call'?"),
        ("GET", "/journal?form=jsonl", "'form': did you mean 'format'?"),
        ("GET", "/timeline?limit=1", "'limit': it takes format"),
        ("GET", "/clock?verbose=1", "'verbose': it takes no query parameters"),
        ("POST", "/clock/advance?by=60", "'by': it takes no query parameters"),
    ],
)
def test_an_unknown_query_parameter_is_refused_with_the_nearest_name(
    site: SiteClient, method: str, path: str, detail: str
) -> None:
    response = site.request(method, f"/_mock{path}")
    route = f"/_mock{path.partition('?')[0]}"
    assert read_problem(response)[::2] == (422, f"{route} takes no query parameter {detail}")


@pytest.mark.parametrize(("method", "path"), [("POST", "/receive/mine"), ("GET", "/health")])
def test_a_public_route_takes_any_query_parameter(site: SiteClient, method: str, path: str) -> None:
    assert site.request(method, f"/_mock{path}?anything=1").status_code == 200
