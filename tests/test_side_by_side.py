"""One provider-neutral story on all five, each in its own words, side by side in a golden file."""

import json
from pathlib import Path
from typing import Any

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

GOLDEN = Path(__file__).parent / "golden" / "side_by_side.txt"
BEARER = {"authorization": "Bearer key", "accept": "application/json"}
HOOK = "http://localhost:3000/hook"
ASKED: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "ccai": ("create-outbound", dict(CALLS["create-outbound"]), BASIC),
    "effebot": ("create", {**CALL, "webhookUrl": HOOK}, {}),
    "innocalls": ("dispatch", {**PAGE["dispatch"], "webhook": HOOK}, BEARER),
    "mobtexting": ("c2c", dict(CLICK), BEARER),
    "phonon": ("create", dict(FLOWS), {}),
}
STORIES = ("answered", "callee-busy", "presses-one")


def told(world: Configuration, story: str) -> list[str]:
    """What each provider answers, calls it in the end, and sends."""
    store, lines = SandboxState(world, START), [f"== {story}"]
    for name in world.providers:
        operation, fields, headers = ASKED[name]
        listing = world.providers[name]
        endpoint = next(one for one in listing.provider.endpoints if one.operation == operation)
        sent = Request("POST", endpoint.path, headers=headers, fields=fields, body=name.encode())
        got = handle(store, IncomingRequest(listing, endpoint, sent, (story,)), START)
        hooks = [one.webhook for one in play(store)]
        call = store.calls[got.call_ids[0]]
        lines += [
            f"-- {name} {operation}: {call.outcome}, in its words {listing.provider.status(call)}",
            f"   answer {json.dumps(got.response.body, ensure_ascii=False)}",
            *(f"   webhook {one.kind} {one.method} {one.url}" for one in hooks),
        ]
    return lines


def test_each_tells_it_in_its_own_words(world: Configuration) -> None:
    assert list(ASKED) == list(world.providers)
    text = "\n".join(line for story in STORIES for line in told(world, story)) + "\n"
    print(text)  # noqa: T201 - to be seen where it differs
    assert text == GOLDEN.read_text("utf-8")
