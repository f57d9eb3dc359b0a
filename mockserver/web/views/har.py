"""Renders requests and delivery attempts as the entries of an HTTP Archive (HAR 1.2)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from mockserver import __version__
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import ORIGIN_PLACEHOLDER, SIMULATED_REASON, Delivery
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.redaction import redact_item
from mockserver.web.slices import Job
from mockserver.web.views.serializers import serialize_delivery, serialize_exchange
from mockserver.web.views.weights import weigh_entry

Json = dict[str, Any]
Durations = Mapping[str, int]
"""ID of a request -> real ms until its response."""

HEADING: Final = {"version": "1.2", "creator": {"name": "call-mockserver", "version": __version__}}
"""What an archive has beside its entries."""

JSON_TYPE: Final = "application/json"
PLAIN_TYPE: Final = "text/plain"
NO_RESPONSE: Final = "there was no response"
BROKEN: Final = "a scenario has broken the connection"


def build_har_jobs(state: SandboxState, durations: Durations, origin: str) -> Iterator[Job[Json]]:
    """Yield a job for each entry, as the state is at the first.

    Requests and attempts come in their order, with virtual times. `origin` is that of this server,
    to which a webhook may go.
    """
    configuration = state.configuration
    for entry in (*state.journal.entries,):
        if isinstance(entry.payload, Exchange | Delivery):
            render = partial(_render_entry, entry, configuration, durations, origin)
            yield Job(weigh_entry(entry), render)


def _render_entry(
    entry: JournalEntry, configuration: Configuration, durations: Durations, origin: str
) -> Json:
    if isinstance(entry.payload, Exchange):
        return _render_exchange(entry.payload, configuration, durations, origin)
    serialized = serialize_delivery(entry.payload, configuration.seed)  # type: ignore[arg-type]
    return _render_attempt(serialized, origin)


def _render_exchange(
    exchange: Exchange, configuration: Configuration, durations: Durations, origin: str
) -> Json:
    serialized = serialize_exchange(exchange, configuration, all_headers=True)
    query = f"?{serialized['query']}" if serialized["query"] else ""
    url = f"{exchange.request.origin or origin}{serialized['path']}{query}"
    shown = redact_item({"headers": exchange.response.headers}, configuration.seed)["headers"]
    marks = {f"_{name}": serialized[name] for name in ("id", "fault", "calls", "scenarios")}
    response = _render_response(serialized["status"], shown, serialized["response"])
    if not serialized["status"]:
        response["comment"] = BROKEN
    return {
        **_timing(serialized["at"], durations.get(exchange.id, 0)),
        "request": _render_request(serialized, url),
        "response": response,
        **marks,
    }


def _render_attempt(serialized: Json, origin: str) -> Json:
    """Render the last attempt of a webhook."""
    attempt = serialized["attempts"][-1]
    url = serialized["url"].replace(ORIGIN_PLACEHOLDER, origin, 1)
    headers = {"content-type": JSON_TYPE, **serialized["headers"]}
    response = _render_response(attempt["status"], {}, attempt["response"])
    if attempt["reason"]:
        is_simulated = attempt["reason"] == SIMULATED_REASON
        prefix = "" if is_simulated else f"{NO_RESPONSE}: {attempt['error']}: "
        response["comment"] = f"{prefix}{attempt['reason']}"
    marks = {f"_{name}": serialized[name] for name in ("id", "call", "kind", "state")}
    return {
        **_timing(attempt["at"], attempt["duration_ms"]),
        "request": _render_request({**serialized, "headers": headers}, url),
        "response": response,
        **marks,
        "_attempt": attempt["number"],
        "_error": attempt["error"],
    }


def _timing(at: str, duration: int) -> Json:
    """The members of an entry on its time: when in virtual time, and how long in real ms."""
    timings = {"send": 0, "wait": duration, "receive": 0}
    return {"startedDateTime": at, "time": duration, "timings": timings, "cache": {}}


def _render_request(serialized: Json, url: str) -> Json:
    text, media_type = _body_text(serialized["body"]), _media_type(serialized)
    post_data = {"postData": {"mimeType": media_type, "text": text}} if text else {}
    return {
        **_message(serialized["headers"], text),
        "method": serialized["method"],
        "url": url,
        "queryString": _pairs(parse_qsl(url.partition("?")[2], keep_blank_values=True)),
        **post_data,
    }


def _render_response(status: int | None, headers: Mapping[str, str], body: Any) -> Json:
    """Render a response; status 0 stands for none, as in the archives of browsers."""
    text = _body_text(body)
    media_type = _media_type({"headers": headers, "body": body})
    return {
        **_message(headers, text),
        "status": status or 0,
        "statusText": _status_text(status),
        "content": {"size": len(text.encode()), "mimeType": media_type, "text": text},
        "redirectURL": "",
    }


def _message(headers: Mapping[str, str], text: str) -> Json:
    """The members that requests and responses share; -1 stands for an unknown size."""
    return {
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers.items()),
        "headersSize": -1,
        "bodySize": len(text.encode()),
    }


def _pairs(fields: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in fields]


def _body_text(body: Any) -> str:
    if body is None:
        return ""
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)


def _media_type(serialized: Json) -> str:
    """Return the media type that the headers name, else the one that the body has."""
    headers = {name.lower(): value for name, value in serialized["headers"].items()}
    default = PLAIN_TYPE if isinstance(serialized["body"], str) else JSON_TYPE
    return str(headers.get("content-type", default))


def _status_text(status: int | None) -> str:
    known = {int(each): each.phrase for each in HTTPStatus}
    return known.get(status or 0, "")
