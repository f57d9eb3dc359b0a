"""The colors of log lines: what failed is red, what was refused or ignored yellow."""

import pytest

from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import DeliveryResult
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.log_colors import CYAN, DIM, RED, RESET, YELLOW, color_line
from tests.support import read
from tests.support.simulation import START, click_to_call, play_until_idle


def colored(entry: JournalEntry) -> str:
    return color_line("09:00:00 rest of the line", entry)


def painted(color: str) -> str:
    rest = "rest of the line"
    return f"{DIM}09:00:00{RESET} " + (f"{color}{rest}{RESET}" if color else rest)


@pytest.mark.parametrize(
    ("entry_type", "color"),
    [
        ("error", RED),
        ("ignored", YELLOW),
        ("event-rejected", YELLOW),
        ("webhook-dropped", YELLOW),
        ("clock", ""),
    ],
)
def test_an_entry_has_the_color_of_its_type(entry_type: str, color: str) -> None:
    assert colored(JournalEntry(at=START, type=entry_type, call_id="", payload={})) == painted(
        color
    )


@pytest.mark.parametrize(
    ("status", "fault", "color"),
    [(200, None, ""), (200, "no-balance", YELLOW), (404, None, YELLOW), (500, None, RED)],
)
def test_a_request_has_the_color_of_its_status_and_fault(
    state: SandboxState, status: int, fault: str | None, color: str
) -> None:
    click_to_call(state)
    [entry] = [entry for entry in read.journal(state) if entry.type == "request"]
    assert isinstance(entry.payload, Exchange)
    response = entry.payload.response.replace(status=status)
    exchange = entry.payload.replace(response=response, fault=fault)
    assert colored(entry.replace(payload=exchange)) == painted(color)


@pytest.mark.parametrize(
    ("result", "color"),
    [(DeliveryResult(status=200), CYAN), (DeliveryResult(status=None, error="connect"), RED)],
)
def test_an_attempt_has_the_color_of_its_result(
    state: SandboxState, result: DeliveryResult, color: str
) -> None:
    click_to_call(state)
    play_until_idle(state, lambda _: result)
    attempts = [entry for entry in read.journal(state) if entry.type == "delivery-attempt"]
    assert {colored(entry) for entry in attempts} == {painted(color)}
