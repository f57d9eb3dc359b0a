"""A story that names no vendor plays on all of them, and each tells it in its own words."""

from collections.abc import Mapping

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import CLICK_TO_CALL, START, play_until_idle
from tests.support.vendors import ccai, innocalls
from tests.support.vendors.effebot import CREATE_EXAMPLE
from tests.support.vendors.phonon import CREATE_EXAMPLE as FLOWS

HEADERS = {"ccai": ccai.HEADERS}
BEARER = {"authorization": "Bearer key", "accept": "application/json"}
KEYS = {
    **CREATE_EXAMPLE,
    "webhookUrl": "http://localhost:3000/hook",
    "ivrs": [{"digit": 1, "webhookUrl": "http://localhost:3000/answer"}],
}
LIVED = ["status", "status", "status"]
HOOK = {"webhook": "http://localhost:3000/hook"}

PLAYED: Mapping[str, Mapping[str, tuple[Mapping[str, object], str, str, list[str]]]] = {
    "callee-busy": {
        "mobtexting c2c": (CLICK_TO_CALL, "busy", "MISSED", ["completed"]),
        "innocalls order-confirmation": (
            innocalls.EXAMPLES["order-confirmation"],
            "busy",
            "failed",
            [],
        ),
        "innocalls bridge": (innocalls.EXAMPLES["bridge"], "busy", "failed", []),
        "innocalls dispatch": (
            {**innocalls.EXAMPLES["dispatch"], **HOOK},
            "busy",
            "failed",
            ["cdr"],
        ),
        "ccai create-outbound": (ccai.EXAMPLES["create-outbound"], "busy", "failed", []),
        "ccai create-inbound": (ccai.EXAMPLES["create-inbound"], "busy", "failed", []),
        "effebot create": (KEYS, "busy", "canceled", LIVED),
        "phonon create": (FLOWS, "busy", "FAILURE", ["report"]),
    },
    "answered": {
        "mobtexting c2c": (CLICK_TO_CALL, "completed", "COMPLETED", ["completed"]),
        "innocalls bridge": (innocalls.EXAMPLES["bridge"], "completed", "completed", []),
        "ccai create-outbound": (ccai.EXAMPLES["create-outbound"], "completed", "finished", []),
        "ccai create-inbound": (ccai.EXAMPLES["create-inbound"], "completed", "finished", []),
        "ccai create-scheduled": (ccai.EXAMPLES["create-scheduled"], "completed", "finished", []),
        "effebot create": (KEYS, "completed", "finished", [*LIVED, "status"]),
        "phonon create": (FLOWS, "completed", "COMPLETED", ["report"]),
    },
    "one-then-two": {
        "mobtexting c2c": (CLICK_TO_CALL, "completed", "COMPLETED", ["completed"]),
        "innocalls dispatch": (
            {**innocalls.EXAMPLES["dispatch"], **HOOK},
            "completed",
            "completed",
            ["get-digits", "get-digits", "cdr"],
        ),
        "effebot create": (KEYS, "completed", "finished", [*LIVED, "action", "status"]),
    },
    "second-leg-no-answer": {
        "mobtexting c2c": ({**CLICK_TO_CALL, "attempts": 0}, "no-answer", "MISSED", ["completed"]),
        "innocalls bridge": (innocalls.EXAMPLES["bridge"], "no-answer", "failed", []),
        "ccai create-outbound": (ccai.EXAMPLES["create-outbound"], "no-answer", "failed", []),
    },
}
"""Story -> provider and operation -> (fields, outcome, the vendor's word, its webhooks)."""


@pytest.mark.parametrize(
    ("story", "where"), [(story, where) for story, told in PLAYED.items() for where in told]
)
def test_story_plays(configuration: Configuration, story: str, where: str) -> None:
    fields, outcome, word, webhooks = PLAYED[story][where]
    name, operation = where.split()
    listing = configuration.providers[name]
    endpoint = next(one for one in listing.provider.endpoints if one.operation == operation)
    state = SandboxState(configuration, START)
    asked = Request(
        method="POST", path=endpoint.path, headers=HEADERS.get(name, BEARER), fields=fields
    )
    handle(
        state,
        IncomingRequest(bound=listing, endpoint=endpoint, request=asked, scenarios=(story,)),
        START,
    )
    sent = [delivery.webhook.kind for delivery in play_until_idle(state)]
    call = read.calls(state)["c1"]
    assert (call.outcome, listing.provider.status(call), sent) == (outcome, word, webhooks)
    assert [
        fact.type for fact in read.journal(state) if fact.type in ("moot", "skipped", "error")
    ] == []


def test_second_leg_is_needed(configuration: Configuration) -> None:
    story = configuration.scenarios.by_name["second-leg-no-answer"]
    assert story.needs == {"leg": "b"}
