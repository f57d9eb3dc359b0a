"""Plays the cases of an ordeal, one after another, and reads what the receiver did."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from mockserver.core.webhook import SIMULATED_REASON
from mockserver.ordeal.calls import place_calls
from mockserver.ordeal.cases import CASES, CLEAN, Case
from mockserver.ordeal.control import OrdealError, ask, read
from mockserver.ordeal.counting import count, read_counts
from mockserver.ordeal.judge import Verdict, expected_changes, judge, merge_defects
from mockserver.ordeal.masks import mask_plan
from mockserver.ordeal.plan import Plan, build_scenario, draw_number, scenario_of, seed_of
from mockserver.ordeal.relay import run_relay
from mockserver.ordeal.runs import Attempt, Counts, Readings, Run, SentWebhook
from mockserver.ordeal.slow_reply import play_during_reply
from mockserver.report.copies import UNASKED

PLAYED: Final = 3_600  # virtual seconds until all attempts of a case are over
PAUSE: Final = 0.1  # real seconds for requests that the receiver sends after its response
IDS: Final = 1_000_000_000
NO_WEBHOOK: Final = (
    "the call has sent no webhook: its request names no URL for one, and neither does --to"
)
WAITS: Final = ["60s"]
"""The waits between attempts where the vendor has none and the case needs one."""


class Report(NamedTuple):
    """The verdict of each case, the clean one first, and the runs of those that were played.

    The plan is one to show: its secrets are masked.
    """

    plan: Plan
    verdicts: tuple[Verdict, ...]
    runs: Mapping[str, Run]


def run_ordeal(origin: str, plan: Plan) -> Report:
    """Play the clean case and the others of the plan on the server at `origin`.

    If the receiver receives no webhook in the clean case, the others are not played.

    Raises:
        OrdealError: a case cannot be played.
    """
    clean = _play(origin, plan, CLEAN, None)
    if not clean.webhooks:
        raise OrdealError(NO_WEBHOOK)
    runs, verdicts = {CLEAN.name: clean}, [judge(CLEAN, clean, clean)]
    for case in _other_cases(plan):
        if any(webhook.is_received for webhook in clean.webhooks):
            runs[case.name] = _play(origin, plan, case, clean)
            verdicts.append(judge(case, runs[case.name], clean))
        else:
            reason = "not played: the receiver has received nothing in the clean case"
            verdicts.append(Verdict(case, "unknown", reason=reason))
    return Report(mask_plan(plan), tuple(merge_defects(verdicts)), runs)


def _other_cases(plan: Plan) -> Iterator[Case]:
    for case in CASES:
        is_asked_for = not plan.only or case.name in plan.only
        if case is not CLEAN and case.name in plan.vendor.cases and is_asked_for:
            yield case


def _play(origin: str, plan: Plan, case: Case, clean: Run | None) -> Run:
    """Play one case; `clean` is the run of the clean one, None if this is it."""
    _prepare(origin, plan, case)
    before = count(plan)
    with _relays(origin, plan, case, clean) if clean else nullcontext():
        doubt = _play_calls(origin, plan, case)
    run = _read_run(origin, _read_probe(plan, case, clean, before))
    return run._replace(ignored=(*run.ignored, doubt)) if doubt else run


def _play_calls(origin: str, plan: Plan, case: Case) -> str:
    """Place the calls of a case, and play them; return what may be wrong about that, or nothing."""
    play = partial(ask, origin, "POST", "/clock/advance", {"by": PLAYED})
    if case.has_slow_reply:
        return play_during_reply(origin, plan, case, play)
    place_calls(origin, plan, case)
    play()
    if case.is_repeated:
        _repeat(origin)
    return ""


def _read_probe(
    plan: Plan, case: Case, clean: Run | None, before: Counts | None
) -> Readings | None:
    """Read the probe after a case; without one, only wait for what the receiver still asks."""
    if before is None:
        time.sleep(PAUSE)
        return None
    expected = None if clean is None else expected_changes(case, clean)
    is_late = clean is not None and clean.readings is not None and clean.readings.are_late
    return read_counts(plan, before, expected, is_late=is_late)


def _prepare(origin: str, plan: Plan, case: Case) -> None:
    """Begin with an empty sandbox that has the scenario of the case."""
    begin = datetime.now(UTC) - timedelta(seconds=case.started_ago)
    body = {"seed": seed_of(plan, case), "clock": "manual", "start_at": begin.isoformat()}
    ask(origin, "PUT", "/sandboxes/default", body)
    scenario = build_scenario(plan, case)
    if scenario:
        ask(origin, "PUT", f"/scenarios/{scenario_of(case)}", scenario)
    setting = plan.vendor.id_setting
    ids = {setting: [draw_number(plan, case, "id", IDS) + 1]} if setting else {}
    for name, account in ask(origin, "GET", f"/accounts/{plan.provider}")["accounts"].items():
        has_waits = plan.vendor.has_waits or account.get("retry", {}).get("waits")
        retry = {"retry": {"waits": WAITS}} if case.needs_retry and not has_waits else {}
        if ids or retry:
            ask(origin, "PATCH", f"/accounts/{plan.provider}/{name}", {**ids, **retry})


@contextmanager
def _relays(origin: str, plan: Plan, case: Case, clean: Run) -> Iterator[None]:
    """Let the webhooks for the origins of the clean run go through relays, if the case has any."""
    if not case.relay:
        yield
        return
    parts = {urlsplit(webhook.url) for webhook in clean.webhooks}
    with ExitStack() as relays:
        for target in {f"{part.scheme}://{part.netloc.rpartition('@')[2]}" for part in parts}:
            address = relays.enter_context(run_relay(target, case.relay, plan.authorities))
            ask(origin, "PATCH", "/receivers", {target: address})
        yield


def _repeat(origin: str) -> None:
    """Send every webhook that was received once more, as the vendor's next attempt."""
    for webhook in _list_webhooks(origin):
        if webhook["state"] == "delivered":
            ask(origin, "POST", f"/webhooks/{webhook['id']}/redeliver")
    ask(origin, "POST", "/clock/advance", {"by": PLAYED})


def _list_webhooks(origin: str) -> list[dict[str, Any]]:
    return list(ask(origin, "GET", "/webhooks?limit=1000")["webhooks"])


def _read_run(origin: str, readings: Readings | None) -> Run:
    requests = ask(origin, "GET", "/requests?limit=1000")["requests"]
    entries = ask(origin, "GET", "/journal")["entries"]
    ignored = [each for each in entries if each["type"] == "ignored"]
    receivers = ask(origin, "GET", "/report")["receivers"]
    return Run(
        tuple(map(_read_webhook, _list_webhooks(origin))),
        len(ask(origin, "GET", "/calls?limit=1000")["calls"]),
        Counter(str(each["operation"]) for each in requests if each["operation"]),
        readings,
        tuple(f"{each['what']}: {each['reason']}" for each in ignored),
        read(origin, "GET", "/inputs"),
        tuple(copies for receiver in receivers for copies in receiver["differing_copies"]),
    )


def _read_webhook(webhook: Mapping[str, Any]) -> SentWebhook:
    attempts = [each for each in webhook["attempts"] if each["reason"] != SIMULATED_REASON]
    if unasked := [each["reason"] for each in attempts if each["error"] in UNASKED]:
        raise OrdealError(f"webhook {webhook['id']} did not go to {webhook['url']}: {unasked[0]}")
    return SentWebhook(
        id=webhook["id"],
        kind=webhook["kind"],
        url=webhook["url"],
        copy_of=webhook["copy_of"] or "",
        is_received=webhook["state"] == "delivered",
        attempts=tuple(
            Attempt(each["status"], each["error"], each["duration_ms"]) for each in attempts
        ),
    )
