"""A report in lines, for people."""

import shlex
from collections.abc import Iterator
from typing import Final

from mockserver.ordeal.cases import CLEAN
from mockserver.ordeal.judge import NO_PROBE, Verdict
from mockserver.ordeal.report_file import REPORT_NAME
from mockserver.ordeal.runner import Report
from mockserver.ordeal.summary import (
    Proof,
    describe_copies,
    failures,
    find_proofs,
    latencies,
    statuses,
)

INDENT: Final = " " * 9
NO_SCENARIO: Final = "none: the ordeal itself does this to the webhooks"


def render_text(report: Report, folder: str) -> Iterator[str]:
    """Yield the lines of a report: each case, numbers, each defect with its smallest run."""
    plan = report.plan
    yield f"ordeal of {plan.to or plan.app} with webhooks of {plan.provider}, seed {plan.seed}"
    yield ""
    for verdict in report.verdicts:
        yield f"{verdict.state:8} {verdict.case.name:18} {verdict.case.description}"
        yield from (f"{INDENT}{line}" for line in _render_details(report, verdict))
    yield ""
    yield from _render_numbers(report)
    for proof in find_proofs(report, folder):
        yield ""
        yield from render_proof(proof)
    if any(verdict.defects for verdict in report.verdicts):
        yield ""
        yield f"in a browser: mockserver ui {shlex.quote(f'{folder}/{REPORT_NAME}')} --open"


def _render_details(report: Report, verdict: Verdict) -> Iterator[str]:
    name = verdict.case.name
    yield from (f"{defect.name}: {defect.seen}" for defect in verdict.defects)
    if verdict.reason and verdict.reason != NO_PROBE:
        yield verdict.reason
    if name in report.runs:
        yield from describe_copies(report.runs[name])
    grounds = report.plan.vendor.cases[name]
    if verdict.defects:
        yield f"that this happens is {grounds.evidence}: {grounds.reason}"


def _render_numbers(report: Report) -> Iterator[str]:
    shares = ", ".join(f"{name} {value} ms" for name, value in latencies(report).items())
    counts = ", ".join(f"{status} ({count})" for status, count in statuses(report).items())
    yield f"responses: {'; '.join(filter(None, (counts, shares))) or 'none'}"
    requests = report.runs[CLEAN.name].requests.items()
    yield f"requests in the clean case: {', '.join(f'{count} {name}' for name, count in requests)}"
    errors = ", ".join(f"{count} {error}" for error, count in failures(report).items())
    yield f"attempts without a response: {errors or 'none'}"
    states = [verdict.state for verdict in report.verdicts]
    sums = (f"{states.count(state)} {state}" for state in ("right", "wrong", "unknown"))
    yield f"cases: {', '.join(sums)}"
    if any(verdict.reason == NO_PROBE for verdict in report.verdicts):
        yield f"unknown: {NO_PROBE}; name one by --probe"


def render_proof(proof: Proof) -> Iterator[str]:
    """Yield the lines of a defect: what it means, where it shows, and its smallest run."""
    yield f"{proof.defect}: {proof.meaning}"
    yield f"  shown by  {', '.join(proof.cases)}; the smallest run is that of {proof.cases[0]}"
    yield f"  seed      {proof.seed}"
    yield f"  scenario  {proof.scenario if proof.has_scenario else NO_SCENARIO}"
    yield f"  offline   {proof.replay}"
    yield f"  again     {proof.again}"
    if proof.masks:
        yield f"  secrets   put each back in the place of its mask: {', '.join(proof.masks)}"
