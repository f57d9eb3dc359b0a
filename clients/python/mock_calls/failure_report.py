"""What the report of a failed test says of its sandbox."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from mock_calls import operations
from mock_calls.models import Call, Explanation, Request, Webhook
from mock_calls.sync import MockServer

MAX_ITEMS: Final = 20
"""Requests, calls or webhooks that are shown; the archive has all of them."""

MAX_LINES: Final = 200
"""Lines of the timeline that are shown."""

MAX_BODY: Final = 2_000
"""Characters of a body that are shown."""

Json = Mapping[str, Any]


class Evidence(NamedTuple):
    """All that a report shows of a sandbox; `explanations` are those of refused requests."""

    now: str
    requests: list[Request]
    explanations: Mapping[str, Explanation]
    calls: list[Call]
    webhooks: list[Webhook]
    activations: list[Json]
    timeline: str


def collect_evidence(client: MockServer) -> Evidence:
    """Ask the server for what has happened in the sandbox."""
    requests = client.requests()
    refused = [request for request in requests[-MAX_ITEMS:] if request.fault]
    return Evidence(
        now=client.clock()["now"],
        requests=requests,
        explanations={request.id: client.explain(request.id) for request in refused},
        calls=client.calls(),
        webhooks=client.webhooks(),
        activations=client.ask(operations.activations()),
        timeline=client.timeline(),
    )


def render_report(evidence: Evidence, seed: str, rest: Iterable[str]) -> str:
    """Render the text of the report; `rest` are the lines at its end."""
    requests = _list_last(evidence.requests, _request_lines(evidence.explanations))
    sections = (
        (f"Requests to the emulated APIs: {len(evidence.requests)}", requests),
        (f"Calls: {len(evidence.calls)}", _list_last(evidence.calls, _call_lines)),
        (f"Webhooks: {len(evidence.webhooks)}", _list_last(evidence.webhooks, _webhook_lines)),
        ("Scenarios in play", _scenario_lines(evidence)),
        ("Timeline", _timeline_lines(evidence.timeline)),
    )
    lines = [f"The virtual clock stands at {evidence.now}. The seed is {seed!r}."]
    for title, section in sections:
        lines += ["", title, *(f"  {line}" for line in section)]
    return "\n".join([*lines, "", *rest])


def _list_last(items: list[Any], lines_of: Callable[[Any], Iterator[str]]) -> list[str]:
    """Return the lines of the last items, and a line that counts the others."""
    left_out = len(items) - MAX_ITEMS
    before = [f"({left_out} earlier ones are left out)"] if left_out > 0 else []
    return [*before, *(line for item in items[-MAX_ITEMS:] for line in lines_of(item))]


def _request_lines(explanations: Mapping[str, Explanation]) -> Callable[[Request], Iterator[str]]:
    def lines(request: Request) -> Iterator[str]:
        query = f"?{request.query}" if request.query else ""
        where = f"{request.provider} {request.operation}".strip() or "no emulated API"
        yield f"{request.id} {_time(request.raw['at'])} {request.method} {request.path}{query}"
        yield f"  is: {where}"
        yield f"  sent: {_body(request.body)}"
        status = request.status or "no response: the connection was broken"
        yield f"  answered: {status} {_body(request.response)}"
        if request.id in explanations:
            yield from (f"  {line}" for line in _explanation_lines(explanations[request.id]))
        if request.calls:
            yield f"  placed: {', '.join(request.calls)}"

    return lines


def _explanation_lines(explanation: Explanation) -> Iterator[str]:
    yield f"why: {explanation.reason}"
    yield from (f"hint: {hint}" for hint in explanation.hints)


def _call_lines(call: Call) -> Iterator[str]:
    state = call.state if call.outcome is None else f"{call.state}, {call.outcome}"
    yield f"{call.id} {call.provider} {call.operation}: {state}"
    for leg in call.legs:
        cause = f" ({leg.cause})" if leg.cause else ""
        yield f"  leg {leg.name}, {leg.role} {leg.number}: {leg.state}{cause}"
    for reason in call.raw["waiting"]:
        leg_text = f" on leg {reason['leg']}" if reason["leg"] else ""
        yield f"  waits for: {reason['for']}{leg_text}"


def _webhook_lines(webhook: Webhook) -> Iterator[str]:
    of = f"{webhook.kind} of {webhook.call}"
    yield f"{webhook.id} {of}, {webhook.method} {webhook.url}: {webhook.state}"
    yield f"  sent: {_body(webhook.body)}"
    for attempt in webhook.raw["attempts"]:
        result = f"{attempt['status'] or attempt['error']}"
        shown = f" {_body(attempt['response'])}" if attempt["response"] else ""
        reason = f" ({attempt['reason']})" if attempt["reason"] else ""
        yield f"  attempt {attempt['number']} {_time(attempt['at'])}: {result}{shown}{reason}"
    if not webhook.attempts and webhook.raw["next_attempt_at"]:
        yield f"  not sent yet: due at {_time(webhook.raw['next_attempt_at'])}"


def _scenario_lines(evidence: Evidence) -> list[str]:
    named = [
        f"request {each.id}: {', '.join(each.scenarios)}"
        for each in evidence.requests
        if each.scenarios
    ]
    played = [f"call {each.id}: {', '.join(each.raw['scenarios'])}" for each in evidence.calls]
    active = [
        f"in force: {each['scenario']} ({each['id']}), {_remaining(each['remaining'])}"
        for each in evidence.activations
    ]
    lines = [*named[-MAX_ITEMS:], *played[-MAX_ITEMS:], *active]
    return lines or ["none but the default one"]


def _remaining(uses: int | None) -> str:
    return "for every request that matches" if uses is None else f"for {uses} more"


def _timeline_lines(timeline: str) -> list[str]:
    lines = timeline.splitlines()
    left_out = len(lines) - MAX_LINES
    before = [f"({left_out} earlier lines are left out)"] if left_out > 0 else []
    return [*before, *lines[-MAX_LINES:]] or ["nothing has happened"]


def _time(moment: str) -> str:
    """The time of day of an ISO 8601 time."""
    return moment[11:19]


def _body(body: Any) -> str:
    if body in (None, ""):
        return "(no body)"
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    line = text.replace("\n", "\\n")
    return line if len(line) <= MAX_BODY else f"{line[:MAX_BODY]}… ({len(line)} characters)"
