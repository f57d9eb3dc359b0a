"""Compares what receivers got with the journal, and with what each call should report."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import httpx

from tests.bad_receivers.load import VENDORS, PlacedCall
from tests.bad_receivers.receivers import Arrival, digest_of

MAX_LINES: Final = 20  # of problems
ATTEMPT: Final = "delivery-attempt"


class Report(NamedTuple):
    """A webhook of a call in the journal; `due` is in seconds of the wall clock."""

    call: PlacedCall
    kind: str
    digest: str
    due: float
    state: str


def read_reports(http: httpx.Client, placed: Sequence[PlacedCall]) -> Iterator[Report]:
    """Yield every attempt in the journals of the sandboxes of these calls, and remove those."""
    for sandbox, group in groupby(placed, key=lambda call: call.sandbox):
        calls = {call.call_id: call for call in group}
        prefix = f"/_sandbox/{sandbox}/_mock"
        page = http.get(f"{prefix}/journal").raise_for_status().json()
        assert page["evicted"] == 0
        # after the journal, so that each webhook of an entry has its attempt
        webhooks = http.get(f"{prefix}/webhooks").raise_for_status().json()["webhooks"]
        begun = {webhook["id"]: webhook["attempts"] for webhook in webhooks}
        for entry in page["entries"]:
            if entry["type"] == ATTEMPT:
                yield _read_report(entry, calls[entry["call"]], begun[entry["webhook"]])
        http.delete(f"/_mock/sandboxes/{sandbox}").raise_for_status()


def _read_report(
    entry: Mapping[str, Any], call: PlacedCall, attempts: Sequence[Mapping[str, Any]]
) -> Report:
    url, body = urlsplit(entry["url"]), entry["body"]
    target = url.path + (f"?{url.query}" if url.query else "")
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    digest = digest_of(entry["method"], target, b"" if body is None else content)
    due = datetime.fromisoformat(attempts[0]["at"]).timestamp()
    return Report(call, entry["kind"], digest, due, entry["state"])


def find_losses(
    placed: Iterable[PlacedCall],
    reports: Sequence[Report],
    arrivals: Iterable[Arrival],
    healthy: Sequence[int],
) -> list[str]:
    """Return in words each report of a healthy receiver that is lost, doubled or unexpected."""
    kinds = defaultdict[PlacedCall, list[str]](list)
    for report in reports:
        kinds[report.call].append(report.kind)
    expected = [call for call in placed if call.receiver in healthy]
    problems = [
        f"{call} sent {kinds[call]}, not {[*VENDORS[call.vendor].kinds]}"
        for call in expected
        if tuple(kinds[call]) != VENDORS[call.vendor].kinds
    ]
    sent = Counter(
        (report.call.receiver, report.digest)
        for report in reports
        if report.call.receiver in healthy
    )
    received = Counter((index, digest) for index, _, digest in arrivals if index in healthy)
    problems += [f"lost at receiver {key[0]}: {key[1]}" for key in (sent - received)]
    problems += [f"twice at receiver {key[0]}, or unknown: {key[1]}" for key in (received - sent)]
    problems += [f"sent twice: {key}" for key, count in sent.items() if count > 1]
    problems += [
        f"{report.call} has a report that is {report.state}"
        for report in reports
        if report.call.receiver in healthy and report.state != "delivered"
    ]
    return problems[:MAX_LINES] + [f"{len(problems)} in all"] * (len(problems) > MAX_LINES)


def lateness(
    reports: Iterable[Report], arrivals: Iterable[Arrival], healthy: Sequence[int]
) -> list[float]:
    """Return how late each report reached a healthy receiver, in ms, sorted."""
    due = {(report.call.receiver, report.digest): report.due for report in reports}
    return sorted(
        (at - due[index, digest]) * 1e3 for index, at, digest in arrivals if index in healthy
    )


def percentile(values: Sequence[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)]
