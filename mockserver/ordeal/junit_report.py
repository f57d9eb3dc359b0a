"""A report as JUnit XML, as test runners write it and CI servers read it."""

import re
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from mockserver.ordeal.judge import Verdict
from mockserver.ordeal.runner import Report
from mockserver.ordeal.summary import find_proofs
from mockserver.ordeal.text_report import render_proof

FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot have."""


def render_junit(report: Report, folder: str) -> Iterator[str]:
    """Yield the lines of a suite with one test for each case; a case that is unknown is skipped."""
    verdicts = report.verdicts
    wrong, unknown = (
        sum(verdict.state == state for verdict in verdicts) for state in ("wrong", "unknown")
    )
    name = quoteattr(f"mockserver ordeal {report.plan.provider}")
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<testsuite name={name} tests="{len(verdicts)}" failures="{wrong}" errors="0"'
        f' skipped="{unknown}">'
    )
    proofs = {proof.defect: "\n".join(render_proof(proof)) for proof in find_proofs(report, folder)}
    for verdict in verdicts:
        test = f"name={quoteattr(verdict.case.name)} classname={name}"
        children = [*_render_children(verdict, proofs)]
        yield f"  <testcase {test}>{''.join(children)}</testcase>"
    yield "</testsuite>"


def _render_children(verdict: Verdict, proofs: dict[str, str]) -> Iterator[str]:
    if verdict.defects:
        message = "; ".join(f"{defect.name}: {defect.seen}" for defect in verdict.defects)
        text = "\n\n".join(dict.fromkeys(proofs[defect.name] for defect in verdict.defects))
        yield f"<failure message={_quote(message)}>{escape(_clean(text))}</failure>"
    elif verdict.reason:
        yield f"<skipped message={_quote(verdict.reason)}/>"


def _quote(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return FORBIDDEN.sub("\ufffd", text)
