"""Plays scenario files on Mobtexting, and tells in a few words what came of it."""

from collections.abc import Mapping
from pathlib import Path

from mockserver.core.http import Request
from mockserver.core.webhook import Delivery
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import apply_scenario, handle
from mockserver.engine.sandbox_state import SandboxState
from tests.config.conftest import living
from tests.conftest import CLICK, START

HERE = Path(__file__).parent


def staged(text: str, seed: str = "seed") -> SandboxState:
    """A store whose world has the bundled files, and this one on top."""
    return SandboxState(living(text, seed=seed), START)


def asked(store: SandboxState, *stories: str, now: int = START, **fields: object) -> Exchange:
    """A click-to-call that goes the way of the gateway: stories are asked for the answer first."""
    listing = store.configuration.providers["mobtexting"]
    given = {"authorization": "Bearer key", "accept": "application/json"}
    sent = Request("POST", "/api/v2/voice/c2c", headers=given, fields={**CLICK, **fields})
    call = IncomingRequest(listing, listing.provider.endpoints[0], sent, stories)
    return handle(store, apply_scenario(store, call), now)


def lived(store: SandboxState, name: str = "c1") -> list[str]:
    """What happened to the phones: `3 answer a`, in seconds since the start."""
    return [
        f"{_seconds(event.at)} {event.type} {event.leg} {_told(event.data)}".strip()
        for event in store.calls[name].events
        if event.leg or event.type == "bridge"
    ]


def outcomes(store: SandboxState, name: str = "c1") -> list[str | None]:
    """What became of each attempt, and last of the call."""
    call = store.calls[name]
    return [*(one.outcome for one in call.attempts), call.outcome]


def reports(sent: list[Delivery]) -> list[tuple[str, str, str, str]]:
    """When each report left, in seconds since the start, and its three words."""
    return [_report(delivery) for delivery in sent]


def _report(delivery: Delivery) -> tuple[str, str, str, str]:
    body = delivery.webhook.body or {}
    first, second, third = (str(body[key]) for key in ("status", "status1", "status2"))
    return _seconds(delivery.next_attempt_at or 0), first, second, third


def _seconds(at: int) -> str:
    return f"{(at - START) / 1_000:g}"


def _told(data: Mapping[str, object]) -> str:
    return " ".join(map(str, data.values()))
