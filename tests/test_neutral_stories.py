"""A story that names no vendor plays on all of them, and each tells it in its own words."""

from collections.abc import Mapping

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.conftest import CLICK, START, play
from tests.providers.ccai.conftest import BASIC, CALLS
from tests.providers.effebot.conftest import CALL
from tests.providers.innocalls.conftest import PAGE
from tests.providers.phonon.conftest import CALLS as FLOWS

HEADERS = {"ccai": BASIC}
BEARER = {"authorization": "Bearer key", "accept": "application/json"}
KEYS = {
    **CALL,
    "webhookUrl": "http://localhost:3000/hook",
    "ivrs": [{"digit": 1, "webhookUrl": "http://localhost:3000/answer"}],
}
LIVED = ["status", "status", "status"]
HOOK = {"webhook": "http://localhost:3000/hook"}

PLAYED: Mapping[str, Mapping[str, tuple[Mapping[str, object], str, str, list[str]]]] = {
    "callee-busy": {
        "mobtexting c2c": (CLICK, "busy", "MISSED", ["completed"]),
        "innocalls order-confirmation": (PAGE["order-confirmation"], "busy", "failed", []),
        "innocalls bridge": (PAGE["bridge"], "busy", "failed", []),
        "innocalls dispatch": ({**PAGE["dispatch"], **HOOK}, "busy", "failed", ["cdr"]),
        "ccai create-outbound": (CALLS["create-outbound"], "busy", "failed", []),
        "ccai create-inbound": (CALLS["create-inbound"], "busy", "failed", []),
        "effebot create": (KEYS, "busy", "canceled", LIVED),
        "phonon create": (FLOWS, "busy", "FAILURE", ["report"]),
    },
    "answered": {
        "mobtexting c2c": (CLICK, "completed", "COMPLETED", ["completed"]),
        "innocalls bridge": (PAGE["bridge"], "completed", "completed", []),
        "ccai create-outbound": (CALLS["create-outbound"], "completed", "finished", []),
        "ccai create-inbound": (CALLS["create-inbound"], "completed", "finished", []),
        "ccai create-scheduled": (CALLS["create-scheduled"], "completed", "finished", []),
        "effebot create": (KEYS, "completed", "finished", [*LIVED, "status"]),
        "phonon create": (FLOWS, "completed", "COMPLETED", ["report"]),
    },
    "one-then-two": {
        "mobtexting c2c": (CLICK, "completed", "COMPLETED", ["completed"]),
        "innocalls dispatch": (
            {**PAGE["dispatch"], **HOOK},
            "completed",
            "completed",
            ["get-digits", "get-digits", "cdr"],
        ),
        "effebot create": (KEYS, "completed", "finished", [*LIVED, "action", "status"]),
    },
    "second-leg-no-answer": {
        "mobtexting c2c": ({**CLICK, "attempts": 0}, "no-answer", "MISSED", ["completed"]),
        "innocalls bridge": (PAGE["bridge"], "no-answer", "failed", []),
        "ccai create-outbound": (CALLS["create-outbound"], "no-answer", "failed", []),
    },
}
"""Story -> provider and operation -> (fields, outcome, the vendor's word, its webhooks)."""


@pytest.mark.parametrize(
    ("story", "where"), [(story, where) for story, told in PLAYED.items() for where in told]
)
def test_story_plays(world: Configuration, story: str, where: str) -> None:
    fields, outcome, word, webhooks = PLAYED[story][where]
    name, operation = where.split()
    listing = world.providers[name]
    endpoint = next(one for one in listing.provider.endpoints if one.operation == operation)
    store = SandboxState(world, START)
    asked = Request("POST", endpoint.path, headers=HEADERS.get(name, BEARER), fields=fields)
    handle(store, IncomingRequest(listing, endpoint, asked, (story,)), START)
    sent = [delivery.webhook.kind for delivery in play(store)]
    call = store.calls["c1"]
    assert (call.outcome, listing.provider.status(call), sent) == (outcome, word, webhooks)
    assert [fact.type for fact in store.journal if fact.type in ("moot", "skipped", "error")] == []


def test_second_leg_is_needed(world: Configuration) -> None:
    story = world.scenarios.by_name["second-leg-no-answer"]
    assert story.needs == {"leg": "b"}
