"""Builders of calls and deliveries, with a default for every field."""

from typing import Any

from mockserver.core.behavior import LegBehavior, fixed_duration
from mockserver.core.call import Call, CallSpec, Leg
from mockserver.core.http import Request
from mockserver.core.rulebook import RequestContext
from mockserver.core.script import Condition, Step
from mockserver.core.webhook import Delivery, Webhook
from mockserver.engine.exchange import IncomingRequest

STAY_ON_LINE = LegBehavior(stays=True)
"""A leg that answers after 2 s and never hangs up."""


def build_call_spec(**changes: Any) -> CallSpec:
    """A click-to-call `c1` of the account `mobtexting-default`, placed at 0 ms."""
    usual: dict[str, Any] = {
        "id": "c1",
        "vendor_id": "v1",
        "provider": "mobtexting",
        "account": "mobtexting-default",
        "operation": "c2c",
        "flow": "b-after-a",
        "parameters": {},
        "created_at": 0,
    }
    return CallSpec(**{**usual, **changes})


def build_call(**changes: Any) -> Call:
    """A call with two idle legs, which starts at 0 ms."""
    legs = (Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number="2"))
    usual: dict[str, Any] = {"spec": build_call_spec(), "legs": legs, "starts_at": 0}
    return Call(**{**usual, **changes})


def build_request_context(**changes: Any) -> RequestContext:
    """The context of a request without fields, account and planned calls, at 0 ms."""
    usual: dict[str, Any] = {"request": Request(method="POST", path="/"), "now": 0}
    return RequestContext(**{**usual, **changes})


def build_incoming_request(**values: Any) -> IncomingRequest:
    """A request to an endpoint, with the credential that its provider reads in it."""
    incoming = IncomingRequest(**values)
    credential = incoming.bound.provider.credential(incoming.request) or ""
    return incoming.replace(credential=incoming.credential or credential)


def build_webhook(**changes: Any) -> Webhook:
    """The webhook `completed` of call `c1`."""
    usual: dict[str, Any] = {"call_id": "c1", "kind": "completed"}
    return Webhook(**{**usual, **changes})


def build_delivery(**changes: Any) -> Delivery:
    """The pending delivery `w1` of the call's webhook, due at 0 ms."""
    usual: dict[str, Any] = {
        "id": "w1",
        "provider": "mobtexting",
        "account": "mobtexting-default",
        "webhook": build_webhook(),
        "epoch": 0,
        "state": "pending",
        "next_attempt_at": 0,
    }
    return Delivery(**{**usual, **changes})


def build_wait_step(
    condition: str, leg: str = "", times: int = 1, after: int = 0, location: str = "m.yaml:1:1"
) -> Step:
    """A step that waits for a condition, then `after` ms, and has no event."""
    return Step(
        delay=fixed_duration(after),
        event_type="",
        condition=Condition(type=condition, leg=leg, times=times),
        location=location,
    )
