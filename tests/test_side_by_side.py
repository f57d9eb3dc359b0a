"""One provider-neutral story on all five, each in its own words, side by side in a golden file."""

import json
from pathlib import Path
from typing import Any

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

GOLDEN = Path(__file__).parent / "golden" / "side_by_side.txt"
BEARER = {"authorization": "Bearer key", "accept": "application/json"}
HOOK = "http://localhost:3000/hook"
ASKED: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "ccai": ("create-outbound", dict(ccai.EXAMPLES["create-outbound"]), ccai.HEADERS),
    "effebot": ("create", {**CREATE_EXAMPLE, "webhookUrl": HOOK}, {}),
    "innocalls": ("dispatch", {**innocalls.EXAMPLES["dispatch"], "webhook": HOOK}, BEARER),
    "mobtexting": ("c2c", dict(CLICK_TO_CALL), BEARER),
    "phonon": ("create", dict(FLOWS), {}),
}
STORIES = ("answered", "callee-busy", "presses-one")


def told(configuration: Configuration, story: str) -> list[str]:
    """What each provider answers, calls it in the end, and sends."""
    state, lines = SandboxState(configuration, START), [f"== {story}"]
    for name in configuration.providers:
        operation, fields, headers = ASKED[name]
        listing = configuration.providers[name]
        endpoint = next(one for one in listing.provider.endpoints if one.operation == operation)
        sent = Request(
            method="POST", path=endpoint.path, headers=headers, fields=fields, body=name.encode()
        )
        got = handle(
            state,
            IncomingRequest(bound=listing, endpoint=endpoint, request=sent, scenarios=(story,)),
            START,
        )
        hooks = [one.webhook for one in play_until_idle(state)]
        call = read.calls(state)[got.call_ids[0]]
        lines += [
            f"-- {name} {operation}: {call.outcome}, in its words {listing.provider.status(call)}",
            f"   answer {json.dumps(got.response.body, ensure_ascii=False)}",
            *(f"   webhook {one.kind} {one.method} {one.url}" for one in hooks),
        ]
    return lines


def test_each_tells_it_in_its_own_words(configuration: Configuration) -> None:
    assert list(ASKED) == list(configuration.providers)
    text = "\n".join(line for story in STORIES for line in told(configuration, story)) + "\n"
    print(text)  # noqa: T201 - to be seen where it differs
    assert text == GOLDEN.read_text("utf-8")
