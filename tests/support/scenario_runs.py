"""Plays scenario files on Mobtexting and summarizes the calls."""

from collections.abc import Mapping
from pathlib import Path

from mockserver.core.webhook import Delivery
from mockserver.engine.exchange import Exchange
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.config_files import configuration_from_texts
from tests.support.simulation import START, build_click_to_call

SCENARIO_TESTS = Path(__file__).parents[1] / "scenarios"


def state_from_text(text: str, seed: str = "seed") -> SandboxState:
    """Return a state with the bundled files and this text on top of them."""
    return SandboxState(configuration_from_texts(text, seed=seed), START)


def click_to_call_through_scenarios(
    state: SandboxState, *scenarios: str, now: int = START, **fields: object
) -> Exchange:
    """Send a click-to-call through the whole pipeline, including API behavior of scenarios."""
    return handle(state, build_click_to_call(state, *scenarios, **fields), now)


def leg_log(state: SandboxState, name: str = "c1") -> list[str]:
    """Return the events of the legs, such as `3 answer a`, in seconds since `START`."""
    return [
        f"{_seconds_since_start(event.at)} {event.type} {event.leg} "
        f"{_data_text(event.data)}".strip()
        for event in read.calls(state)[name].events
        if event.leg or event.type == "bridge"
    ]


def attempt_outcomes(state: SandboxState, name: str = "c1") -> list[str | None]:
    """Return the outcome of each earlier attempt and of the call."""
    call = read.calls(state)[name]
    return [*(attempt.outcome for attempt in call.attempts), call.outcome]


def report_statuses(deliveries: list[Delivery]) -> list[tuple[str, str, str, str]]:
    """Return the time of each report, in seconds since `START`, and its three statuses."""
    return [_report_status(delivery) for delivery in deliveries]


def _report_status(delivery: Delivery) -> tuple[str, str, str, str]:
    body = delivery.webhook.body or {}
    first, second, third = (str(body[key]) for key in ("status", "status1", "status2"))
    return _seconds_since_start(delivery.next_attempt_at or 0), first, second, third


def _seconds_since_start(at: int) -> str:
    return f"{(at - START) / 1_000:g}"


def _data_text(data: Mapping[str, object]) -> str:
    return " ".join(map(str, data.values()))
