"""Neutral scenarios on all five providers, side by side in a golden file."""

import json
from pathlib import Path
from typing import Any

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.simulation import CLICK_TO_CALL, START, play_until_idle
from tests.support.vendors import ccai, innocalls
from tests.support.vendors.effebot import CREATE_EXAMPLE
from tests.support.vendors.phonon import CREATE_EXAMPLE as PHONON_EXAMPLE

GOLDEN = Path(__file__).parent / "golden" / "side_by_side.txt"
JSON = {"content-type": "application/json"}
BEARER = {**JSON, "authorization": "Bearer key", "accept": "application/json"}
HOOK = "http://localhost:3000/hook"
ASKED: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "ccai": ("create-outbound", dict(ccai.EXAMPLES["create-outbound"]), ccai.HEADERS),
    "effebot": ("create", {**CREATE_EXAMPLE, "webhookUrl": HOOK}, {}),
    "innocalls": ("dispatch", {**innocalls.EXAMPLES["dispatch"], "webhook": HOOK}, BEARER),
    "mobtexting": ("c2c", dict(CLICK_TO_CALL), BEARER),
    "phonon": ("create", dict(PHONON_EXAMPLE), JSON),
}
SCENARIOS = ("answered", "callee-busy", "presses-one")


def play_on_all_providers(configuration: Configuration, scenario: str) -> list[str]:
    """Return each provider's response, final status and webhooks as lines."""
    state, lines = SandboxState(configuration, START), [f"== {scenario}"]
    for name in configuration.providers:
        operation, fields, headers = ASKED[name]
        bound = configuration.providers[name]
        endpoint = next(item for item in bound.provider.endpoints if item.operation == operation)
        request = Request(
            method="POST", path=endpoint.path, headers=headers, fields=fields, body=name.encode()
        )
        exchange = handle(
            state,
            build_incoming_request(
                bound=bound, endpoint=endpoint, request=request, scenario_names=(scenario,)
            ),
            START,
        )
        webhooks = [item.webhook for item in play_until_idle(state)]
        call = read.calls(state)[exchange.call_ids[0]]
        lines += [
            f"-- {name} {operation}: {call.outcome}, in its words {bound.provider.status(call)}",
            f"   response {json.dumps(exchange.response.body, ensure_ascii=False)}",
            *(f"   webhook {item.kind} {item.method} {item.url}" for item in webhooks),
        ]
    return lines


def test_each_vendor_responds_to_and_reports_a_neutral_scenario_as_stored(
    configuration: Configuration,
) -> None:
    assert list(ASKED) == list(configuration.providers)
    text = (
        "\n".join(
            line
            for scenario in SCENARIOS
            for line in play_on_all_providers(configuration, scenario)
        )
        + "\n"
    )
    print(text)  # noqa: T201 - shows the difference
    assert text == GOLDEN.read_text("utf-8")
