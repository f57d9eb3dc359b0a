"""Plays scenario files on Mobtexting and reports the calls in a few words."""

from collections.abc import Mapping
from pathlib import Path

from mockserver.core.http import Request
from mockserver.core.webhook import Delivery
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import apply_scenario, handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.config_files import configuration_from_texts
from tests.support.simulation import CLICK_TO_CALL, START

SCENARIO_TESTS = Path(__file__).parents[1] / "scenarios"


def state_from_text(text: str, seed: str = "seed") -> SandboxState:
    """A store whose world has the bundled files, and this one on top."""
    return SandboxState(configuration_from_texts(text, seed=seed), START)


def click_to_call(
    state: SandboxState, *stories: str, now: int = START, **fields: object
) -> Exchange:
    """A click-to-call that goes the way of the gateway: stories are asked for the answer first."""
    listing = state.configuration.providers["mobtexting"]
    given = {"authorization": "Bearer key", "accept": "application/json"}
    sent = Request(
        method="POST", path="/api/v2/voice/c2c", headers=given, fields={**CLICK_TO_CALL, **fields}
    )
    call = IncomingRequest(
        bound=listing, endpoint=listing.provider.endpoints[0], request=sent, scenarios=stories
    )
    return handle(state, apply_scenario(state, call), now)


def leg_log(state: SandboxState, name: str = "c1") -> list[str]:
    """What happened to the phones: `3 answer a`, in seconds since the start."""
    return [
        f"{_seconds_since_start(event.at)} {event.type} {event.leg} "
        f"{_data_text(event.data)}".strip()
        for event in read.calls(state)[name].events
        if event.leg or event.type == "bridge"
    ]


def attempt_outcomes(state: SandboxState, name: str = "c1") -> list[str | None]:
    """What became of each attempt, and last of the call."""
    call = read.calls(state)[name]
    return [*(one.outcome for one in call.attempts), call.outcome]


def report_statuses(sent: list[Delivery]) -> list[tuple[str, str, str, str]]:
    """When each report left, in seconds since the start, and its three words."""
    return [_report_status(delivery) for delivery in sent]


def _report_status(delivery: Delivery) -> tuple[str, str, str, str]:
    body = delivery.webhook.body or {}
    first, second, third = (str(body[key]) for key in ("status", "status1", "status2"))
    return _seconds_since_start(delivery.next_attempt_at or 0), first, second, third


def _seconds_since_start(at: int) -> str:
    return f"{(at - START) / 1_000:g}"


def _data_text(data: Mapping[str, object]) -> str:
    return " ".join(map(str, data.values()))
