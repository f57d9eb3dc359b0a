"""A report as JSON, for programs."""

import json
from collections.abc import Iterator
from typing import Any

from mockserver.ordeal.judge import Verdict
from mockserver.ordeal.report_file import FORMAT
from mockserver.ordeal.runner import Report
from mockserver.ordeal.summary import (
    failures,
    find_proofs,
    latencies,
    responses,
)


def render_json(report: Report, folder: str) -> Iterator[str]:
    """Yield the JSON of a report."""
    plan = report.plan
    whole = {
        "ordeal": FORMAT,
        "provider": plan.provider,
        "to": plan.to or None,
        "app": plan.app or None,
        "probe": plan.probe or None,
        "seed": plan.seed,
        "cases": [_serialize_verdict(report, verdict) for verdict in report.verdicts],
        "defects": [
            {**proof._asdict(), "scenario": json.loads(proof.scenario)}
            for proof in find_proofs(report, folder)
        ],
        "latency_ms": latencies(report),
        "failures": failures(report),
    }
    yield json.dumps(whole, indent=2, ensure_ascii=False)


def _serialize_verdict(report: Report, verdict: Verdict) -> dict[str, Any]:
    case, run = verdict.case, report.runs.get(verdict.case.name)
    grounds = report.plan.vendor.cases[case.name]
    return {
        "case": case.name,
        "description": case.description,
        "evidence": str(grounds.evidence),
        "grounds": grounds.reason,
        "verdict": verdict.state,
        "reason": verdict.reason or None,
        "defects": [defect._asdict() for defect in verdict.defects],
        "responses": responses(run) if run else {},
        "differing_copies": [*run.differing_copies] if run else [],
        "requests": run.requests if run else {},
        "probe": run.readings._asdict() if run and run.readings else None,
    }
