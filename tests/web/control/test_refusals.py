"""What control routes refuse, in one table: status and the sentence that says why."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from mockserver.core.http import Reply
from mockserver.core.rules import Case
from mockserver.core.webhook import Answer, Delivery
from mockserver.engine.store import World
from tests.web.edge import Edge, client, opened, refusal, state

CALL = "/calls/c1/events"
CLOCK = "/clock"
ADVANCE = "/clock/advance"
LISTS = ("/calls", "/requests", "/webhooks", "/journal")

REFUSED: list[tuple[str, str, Any, int, str]] = [
    ("GET", "/accounts/mobtext", None, 404, "did you mean 'mobtexting'?"),
    ("GET", "/openapi/mobtext.json", None, 404, "did you mean 'mobtexting'?"),
    ("GET", "/calls/c9", None, 404, "no call is named c9"),
    ("POST", "/activations", {"scenario": "callee-bussy"}, 422, "did you mean 'callee-busy'?"),
    ("POST", "/activations", {"scenario": "qqq"}, 422, '"scenario": "callee-busy"'),
    ("POST", "/activations", {"scenario": "answered", "x": 1}, 422, "send {"),
    ("POST", "/activations", {"scenario": "answered", "times": 0}, 422, "send {"),
    ("POST", "/activations", {"scenario": "answered", "times": True}, 422, "send {"),
    ("POST", "/activations", {"scenario": "answered", "times": "2"}, 422, "send {"),
    ("POST", "/activations", {"scenario": "answered", "match": []}, 422, "match maps provider"),
    ("POST", "/activations", {"scenario": "answered", "match": {"x": 1}}, 422, "match maps"),
    ("POST", "/activations", {"scenario": "answered", "match": {"fields": 1}}, 422, "fields map"),
    ("POST", "/calls/c9/events", {"event": "answer"}, 404, "no call is named c9"),
    ("POST", CALL, {}, 422, "a phone cannot do nothing"),
    ("POST", CALL, {"event": "anser"}, 422, "did you mean 'answer'?"),
    ("POST", CALL, {"event": "digits"}, 422, "digits needs digits"),
    ("POST", CALL, {"event": "speech", "leg": "a"}, 422, "speech needs words"),
    ("POST", CALL, {"event": "answer", "digits": "1"}, 422, "answer takes no digits"),
    ("POST", CALL, {"event": "hangup", "cause": "boredom"}, 422, "a cause is one of"),
    ("POST", CALL, {"event": "answer", "leg": "z"}, 409, ""),
    ("POST", CALL, {"event": "answer", "leg": "b"}, 409, ""),
    ("PUT", CLOCK, {}, 422, "one of real, manual, instant"),
    ("PUT", CLOCK, {"mode": "fast"}, 422, "one of real, manual, instant"),
    ("PUT", CLOCK, {"mode": "manual", "x": 1}, 422, "one of real, manual, instant"),
    ("POST", ADVANCE, {}, 422, "send {"),
    ("POST", ADVANCE, {"by": 1, "to": 2}, 422, "send {"),
    ("POST", ADVANCE, {"by": "soon"}, 422, "no length of time"),
    ("POST", ADVANCE, {"by": [1]}, 422, "send {"),
    ("POST", ADVANCE, {"to": "soon"}, 422, "no ISO 8601 time"),
    ("POST", ADVANCE, {"to": "2026-02-01T00:00:00"}, 422, "no time zone"),
    ("POST", ADVANCE, {"to": "2025-01-01T00:00:00Z"}, 422, "time only goes forward"),
    ("POST", ADVANCE, {"to": "9500-01-01T00:00:00Z"}, 422, "clocks here end"),
    ("POST", ADVANCE, {"until": "tomorrow"}, 422, "send {"),
    ("PUT", "/inboxes/x", {"answers": [199]}, 422, "answers from 200 to 599"),
    ("PUT", "/inboxes/x", {"answers": "200"}, 422, "answers from 200 to 599"),
    ("PUT", "/inboxes/x", {"answers": [True]}, 422, "answers from 200 to 599"),
    ("PUT", "/inboxes/x", {"delay": 61}, 422, "delay up to 60 s"),
    ("PUT", "/inboxes/x", {"delay": -1}, 422, "delay up to 60 s"),
    ("PUT", "/inboxes/x", {"delay": True}, 422, "delay up to 60 s"),
    ("GET", "/nothing", None, 404, "Not Found"),
    ("GET", "/", None, 404, "Not Found"),
    ("POST", "/calls", {}, 405, "Method Not Allowed"),
    *(("GET", f"{path}?after=x9", None, 422, "nothing here has the id 'x9'") for path in LISTS),
    *(("GET", f"{path}?limit=-1", None, 422, "limit is a whole number") for path in LISTS),
    *(("GET", f"{path}?limit=1e3", None, 422, "limit is a whole number") for path in LISTS),
    *(("GET", f"{path}?limit=", None, 422, "limit is a whole number") for path in LISTS),
]  # fmt: skip


@pytest.fixture
def edge(world: World) -> Edge:
    edge = opened(world)
    edge.place()
    return edge


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "why"),
    REFUSED,
    ids=[f"{method} {path} {body}" for method, path, body, *_ in REFUSED],
)
def test_refused_with_a_reason_and_nothing_is_changed(
    edge: Edge, method: str, path: str, body: Any, status: int, why: str
) -> None:
    before = state(edge)
    sent = {} if body is None else {"json": body}
    code, _, detail = refusal(edge.ask(method, f"/_mock{path}", **sent))
    assert (code, why in detail) == (status, True)
    assert state(edge) == before


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_read_page_by_page(edge: Edge, path: str) -> None:
    edge.place()
    edge.place()
    edge.advance()
    name = {"/journal": "facts"}.get(path, path.removeprefix("/"))
    whole = edge.read(f"/_mock{path}")[name]
    first = edge.read(f"/_mock{path}?limit=2")[name]
    rest = edge.read(f"/_mock{path}?limit=999&after={first[-1]['id']}")[name]
    assert (len(first), first + rest) == (2, whole)


@pytest.mark.parametrize(
    ("verb", "more", "heard"),
    [
        ("hangup", {}, {"cause": "rejected", "q850": 21}),
        ("hangup", {"cause": "busy"}, {"cause": "busy", "q850": 17}),
        ("answer", {}, {}),
    ],
)
def test_a_phone_that_rings_may_be_played(
    edge: Edge, verb: str, more: dict[str, str], heard: dict[str, Any]
) -> None:
    edge.advance(by=1)
    answer = edge.ask("POST", f"/_mock{CALL}", json={"event": verb, "leg": "a", **more})
    assert answer.status_code == 200, answer.text
    told = next(one for one in answer.json()["events"] if one.get("by") == "control")
    assert {name: told[name] for name in ("event", "leg", *heard)} == {
        "event": verb,
        "leg": "a",
        **heard,
    }


def test_an_inbox_may_take_its_time(edge: Edge) -> None:
    edge.ask("PUT", "/_mock/inboxes/mine", json={"answers": [503], "delay": 0.001})
    told = [edge.ask("POST", "/_mock/inbox/mine", json={}).status_code for _ in range(2)]
    assert told == [503, 200]


def test_whoever_leaves_amid_a_body_changes_nothing(edge: Edge) -> None:
    before = state(edge)

    async def scenario() -> list[Any]:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/_mock/clock/advance",
            "query_string": b"",
            "headers": [(b"host", b"localhost")],
        }
        await edge.app(scope, receive, send)  # type: ignore[arg-type]
        return sent

    start, _ = asyncio.run(scenario())
    assert (start["status"], state(edge)) == (400, before)


def test_a_fault_of_our_own_is_a_problem_too(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge.default.store, "peek", None)
    code, title, detail = refusal(edge.ask("GET", "/_mock/clock"))
    assert (code, title) == (500, "mock failed")
    assert "TypeError" in detail


def delivering(edge: Edge, method: str, path: str, body: Any) -> list[Any]:
    """What a receiver is told that asks this while an advance delivers to it."""
    told: list[Any] = []

    async def carry(_: Delivery) -> Answer:
        async with client(edge.app) as there:
            told.append(await there.request(method, f"/_mock{path}", json=body))
        return Answer(200)

    edge.default.driver.courier = type("Nosy", (), {"carry": staticmethod(carry)})()
    return [edge.advance(), *told]


def test_one_advance_at_a_time(edge: Edge) -> None:
    outer, inner = delivering(edge, "POST", ADVANCE, {"by": 1})
    assert outer["stopped"] is None
    assert refusal(inner) == (
        409,
        "conflict",
        "another advance of this sandbox is still running",
    )


def test_an_advance_that_a_reset_has_stopped_is_no_fact(edge: Edge) -> None:
    """The receiver that resets is itself cut off: it is what was on its way."""
    outer, *_ = delivering(edge, "POST", "/reset", {})
    assert (outer["stopped"], edge.read("/_mock/journal")["facts"]) == ("reset", [])


def test_a_provider_that_would_place_a_call_to_refuse_is_a_fault(world: World) -> None:
    listing = world.listings["mobtexting"]

    def refuse(_: object, case: Case) -> Reply:
        return Reply(400, case.call("one-leg", {}, None).order.id)

    changed = replace(listing, provider=replace(listing.provider, refuse=refuse))
    edge = opened(replace(world, listings={"mobtexting": changed}))
    code, title, detail = refusal(edge.ask("GET", "/_mock/providers"))
    assert (code, title, "a refusal places no call" in detail) == (500, "mock failed", True)
