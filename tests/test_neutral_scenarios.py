"""A scenario that names no vendor plays on all of them with each vendor's own statuses."""

from collections.abc import Mapping

import pytest

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

HEADERS = {"ccai": ccai.HEADERS}
BEARER = {"authorization": "Bearer key", "accept": "application/json"}
EFFEBOT_EXAMPLE = {
    **CREATE_EXAMPLE,
    "webhookUrl": "http://localhost:3000/hook",
    "ivrs": [{"digit": 1, "webhookUrl": "http://localhost:3000/answer"}],
}
THREE_STATUSES = ["status", "status", "status"]
WEBHOOK = {"webhook": "http://localhost:3000/hook"}

CASES: Mapping[str, Mapping[str, tuple[Mapping[str, object], str, str, list[str]]]] = {
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
            {**innocalls.EXAMPLES["dispatch"], **WEBHOOK},
            "busy",
            "failed",
            ["cdr"],
        ),
        "ccai create-outbound": (ccai.EXAMPLES["create-outbound"], "busy", "failed", []),
        "ccai create-inbound": (ccai.EXAMPLES["create-inbound"], "busy", "failed", []),
        "effebot create": (EFFEBOT_EXAMPLE, "busy", "canceled", THREE_STATUSES),
        "phonon create": (PHONON_EXAMPLE, "busy", "FAILURE", ["report"]),
    },
    "answered": {
        "mobtexting c2c": (CLICK_TO_CALL, "completed", "COMPLETED", ["completed"]),
        "innocalls bridge": (innocalls.EXAMPLES["bridge"], "completed", "completed", []),
        "ccai create-outbound": (ccai.EXAMPLES["create-outbound"], "completed", "finished", []),
        "ccai create-inbound": (ccai.EXAMPLES["create-inbound"], "completed", "finished", []),
        "ccai create-scheduled": (ccai.EXAMPLES["create-scheduled"], "completed", "finished", []),
        "effebot create": (EFFEBOT_EXAMPLE, "completed", "finished", [*THREE_STATUSES, "status"]),
        "phonon create": (PHONON_EXAMPLE, "completed", "COMPLETED", ["report"]),
    },
    "one-then-two": {
        "mobtexting c2c": (CLICK_TO_CALL, "completed", "COMPLETED", ["completed"]),
        "innocalls dispatch": (
            {**innocalls.EXAMPLES["dispatch"], **WEBHOOK},
            "completed",
            "completed",
            ["get-digits", "get-digits", "cdr"],
        ),
        "effebot create": (
            EFFEBOT_EXAMPLE,
            "completed",
            "finished",
            [*THREE_STATUSES, "action", "status"],
        ),
    },
    "second-leg-no-answer": {
        "mobtexting c2c": ({**CLICK_TO_CALL, "attempts": 0}, "no-answer", "MISSED", ["completed"]),
        "innocalls bridge": (innocalls.EXAMPLES["bridge"], "no-answer", "failed", []),
        "ccai create-outbound": (ccai.EXAMPLES["create-outbound"], "no-answer", "failed", []),
    },
}
"""Scenario -> provider and operation -> (fields, outcome, vendor status, webhook kinds)."""


@pytest.mark.parametrize(
    ("scenario", "operation_key"),
    [(scenario, operation_key) for scenario, cases in CASES.items() for operation_key in cases],
)
def test_a_neutral_scenario_has_the_vendor_s_status_and_webhooks(
    configuration: Configuration, scenario: str, operation_key: str
) -> None:
    fields, outcome, status, webhooks = CASES[scenario][operation_key]
    name, operation = operation_key.split()
    bound = configuration.providers[name]
    endpoint = next(
        endpoint for endpoint in bound.provider.endpoints if endpoint.operation == operation
    )
    state = SandboxState(configuration, START)
    request = Request(
        method="POST", path=endpoint.path, headers=HEADERS.get(name, BEARER), fields=fields
    )
    handle(
        state,
        build_incoming_request(
            bound=bound, endpoint=endpoint, request=request, scenario_names=(scenario,)
        ),
        START,
    )
    kinds = [delivery.webhook.kind for delivery in play_until_idle(state)]
    call = read.calls(state)["c1"]
    assert (call.outcome, bound.provider.status(call), kinds) == (outcome, status, webhooks)
    assert [
        entry.type
        for entry in read.journal(state)
        if entry.type in ("event-rejected", "ignored", "error")
    ] == []


def test_second_leg_no_answer_needs_a_b_leg(configuration: Configuration) -> None:
    scenario = configuration.scenarios.by_name["second-leg-no-answer"]
    assert scenario.needs == {"leg": "b"}
