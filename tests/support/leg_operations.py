"""Every operation that places a call, with all names of each of its legs."""

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.core.http import Request
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support.builders import build_incoming_request
from tests.support.simulation import CLICK_TO_CALL, START
from tests.support.vendors import ccai, effebot, innocalls, phonon

BEARER = {
    "content-type": "application/json",
    "authorization": "Bearer key",
    "accept": "application/json",
}
FORWARDING = {"ivrs": [{"digit": 1, "managerPhone": "99999999998"}]}


class LegOperation(NamedTuple):
    """An operation: an example request, and each leg with all its names.

    `dialed` are the legs that are dialed from the start; the provider dials the others in the
    course of the call, in Effebot's after key 1 of leg a.
    """

    provider: str
    operation: str
    fields: Mapping[str, object]
    names: Mapping[str, tuple[str, ...]]
    headers: Mapping[str, str] = BEARER
    dialed: str = "ab"

    @property
    def forwards(self) -> bool:
        return "ivrs" in self.fields


ONE_PHONE = {"a": ("a", "phone", "callee")}
CCAI_QUEUE = {"a": ("a", "end_user", "callee"), "b": ("b", "agent")}
LEG_OPERATIONS: Mapping[str, LegOperation] = {
    "click-to-call": LegOperation(
        "mobtexting", "c2c", CLICK_TO_CALL, {"a": ("a", "from"), "b": ("b", "to", "callee")}
    ),
    "flow": LegOperation(
        "mobtexting", "c2c", {**CLICK_TO_CALL, "to": "flow:220"}, {"a": ("a", "from", "callee")}
    ),
    "order-confirmation": LegOperation(
        "innocalls", "order-confirmation", innocalls.EXAMPLES["order-confirmation"], ONE_PHONE
    ),
    "dispatch": LegOperation("innocalls", "dispatch", innocalls.EXAMPLES["dispatch"], ONE_PHONE),
    "bridge": LegOperation(
        "innocalls",
        "bridge",
        innocalls.EXAMPLES["bridge"],
        {"a": ("a", "first_callee"), "b": ("b", "second_callee", "callee")},
    ),
    "effebot": LegOperation("effebot", "create", effebot.CREATE_EXAMPLE, ONE_PHONE),
    "effebot-manager": LegOperation(
        "effebot",
        "create",
        {**effebot.CREATE_EXAMPLE, **FORWARDING},
        {**ONE_PHONE, "b": ("b", "manager")},
        dialed="a",
    ),
    "phonon": LegOperation(
        "phonon", "create", phonon.CREATE_EXAMPLE, {"a": ("a", "contact", "callee")}
    ),
    "phonon-bridge": LegOperation(
        "phonon",
        "create",
        {**phonon.CREATE_EXAMPLE, "flow-id": "Br1dge00"},
        {"a": ("a", "contact", "callee"), "b": ("b", "bridge")},
    ),
    "ccai-outbound": LegOperation(
        "ccai",
        "create-outbound",
        ccai.EXAMPLES["create-outbound"],
        {"a": ("a", "agent"), "b": ("b", "end_user", "callee")},
        ccai.HEADERS,
    ),
    "ccai-inbound": LegOperation(
        "ccai", "create-inbound", ccai.EXAMPLES["create-inbound"], CCAI_QUEUE, ccai.HEADERS, "a"
    ),
    "ccai-scheduled": LegOperation(
        "ccai", "create-scheduled", ccai.EXAMPLES["create-scheduled"], CCAI_QUEUE, ccai.HEADERS, "a"
    ),
}


class LegName(NamedTuple):
    """One name of a leg of an operation; `operation` is a key of `LEG_OPERATIONS`."""

    operation: str
    leg: str
    name: str


LEG_NAMES = [
    LegName(key, leg, name)
    for key, operation in LEG_OPERATIONS.items()
    for leg, names in operation.names.items()
    for name in names
]
"""Every name of every leg of every operation."""


def usual_legs(key: str) -> Mapping[str, object]:
    """Return behaviors by which every leg of an operation is dialed and stays for a minute."""
    operation = LEG_OPERATIONS[key]
    keys = {"press": "1"} if operation.forwards else {}
    return {leg: {"talk": "60s", **(keys if leg == "a" else {})} for leg in operation.names}


def build_incoming(state: SandboxState, operation: LegOperation) -> IncomingRequest:
    """Build the example request of an operation."""
    bound = state.configuration.providers[operation.provider]
    endpoint = next(
        endpoint
        for endpoint in bound.provider.endpoints
        if endpoint.operation == operation.operation
    )
    request = Request(
        method="POST", path=endpoint.path, headers=operation.headers, fields=operation.fields
    )
    return build_incoming_request(bound=bound, endpoint=endpoint, request=request)


def place(state: SandboxState, key: str, *scenarios: str, now: int = START) -> None:
    """Send the example request of an operation, whose call is `c1`."""
    incoming = build_incoming(state, LEG_OPERATIONS[key])
    handle(state, incoming.replace(scenario_names=scenarios), now)
