"""What a report says in numbers and names, and each defect with its smallest run."""

import json
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mockserver.ordeal.cases import CASES, DEFECTS
from mockserver.ordeal.masks import find_masks
from mockserver.ordeal.plan import build_scenario, seed_of
from mockserver.ordeal.runner import Report
from mockserver.ordeal.runs import Attempt, Run
from mockserver.report.latency import measure_latency

RELAYED: Final = frozenset(case.name for case in CASES if case.relay)
"""The cases in which a relay takes a part of the time."""


class Proof(NamedTuple):
    """A defect with the cases that show it, and the smallest of them to play again.

    `masks` stand in `again` for secrets, which the user has to put back.
    """

    defect: str
    meaning: str
    seen: str
    cases: tuple[str, ...]
    seed: str
    scenario: str
    replay: str
    again: str
    masks: tuple[str, ...] = ()

    @property
    def has_scenario(self) -> bool:
        return self.scenario != "{}"


def latencies(report: Report) -> dict[str, int]:
    """Return the median and the 99th percentile of the responses, in ms; empty without any."""
    latency = measure_latency(
        [
            attempt.duration_ms
            for name, run in report.runs.items()
            if name not in RELAYED
            for attempt in _attempts(run)
            if attempt.status is not None
        ]
    )
    return {"p50": latency.p50, "p99": latency.p99} if latency else {}


def failures(report: Report) -> dict[str, int]:
    """Count the attempts without a response, by the class of their error."""
    attempts = (attempt for run in report.runs.values() for attempt in _attempts(run))
    return dict(sorted(Counter(each.error for each in attempts if each.error).items()))


def responses(run: Run) -> dict[str, int]:
    """Count the attempts of a run by their status, or the class of their error."""
    return dict(sorted(Counter(str(each.error or each.status) for each in _attempts(run)).items()))


def statuses(report: Report) -> dict[int, int]:
    """Count the responses by their status."""
    attempts = (attempt for run in report.runs.values() for attempt in _attempts(run))
    return dict(sorted(Counter(each.status for each in attempts if each.status).items()))


def describe_copies(run: Run) -> Iterator[str]:
    """Yield in words each answer to a copy or a repeat that differs from the first answer."""
    for copies in run.differing_copies:
        first, *others = copies["answers"]
        for answer in others:
            result = _describe_answer(answer)
            if result != _describe_answer(first):
                yield f"{first['webhook']} first got {_describe_answer(first)}, and then {result}"
            elif answer["body"] != first["body"]:
                yield f"{first['webhook']} first got {result}, and then {result} with another body"


def _describe_answer(answer: Mapping[str, Any]) -> str:
    return str(answer["error"] or answer["status"])


def find_proofs(report: Report, folder: str) -> Iterator[Proof]:
    """Yield each defect once; `folder` has the logs of inputs."""
    plan = report.plan
    for name, meaning in DEFECTS.items():
        shown = [(verdict.case, defect) for verdict in report.verdicts for defect in verdict.defects
                 if defect.name == name]  # fmt: skip
        if shown:
            case, defect = shown[0]
            again = shlex.join((*plan.words, "--only", case.name))
            yield Proof(
                defect=name,
                meaning=meaning,
                seen=defect.seen,
                cases=tuple(dict.fromkeys(each.name for each, _ in shown)),
                seed=seed_of(plan, case),
                scenario=json.dumps(build_scenario(plan, case), ensure_ascii=False),
                replay=f"mockserver replay {shlex.quote(f'{folder}/{case.name}.jsonl')}",
                again=again,
                masks=find_masks(again),
            )


def _attempts(run: Run) -> Iterator[Attempt]:
    return (attempt for webhook in run.webhooks for attempt in webhook.attempts)
