"""Clients for a running mock server, blocking and asynchronous, and a pytest plugin.

They need no `mockserver` beside them; the plugin starts one in its own process if it is there.
A name is imported by its first use: a test suite that uses no fixture of ours does not wait for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_calls.asynchronous import AsyncMockServer
    from mock_calls.errors import (
        BlockingCall,
        ConnectionFailed,
        ControlError,
        LifespanFailed,
        MockServerError,
        NotAttachable,
        NotCalled,
        RequestRefused,
        WaitTimeout,
    )
    from mock_calls.models import (
        AdvanceResult,
        Attempt,
        Call,
        Explanation,
        Https,
        Leg,
        ReceivedRequest,
        ReceiverReport,
        Request,
        Webhook,
    )
    from mock_calls.sync import MockServer

__version__ = "0.1.0"

__all__ = [
    "AdvanceResult",
    "AsyncMockServer",
    "Attempt",
    "BlockingCall",
    "Call",
    "ConnectionFailed",
    "ControlError",
    "Explanation",
    "Https",
    "Leg",
    "LifespanFailed",
    "MockServer",
    "MockServerError",
    "NotAttachable",
    "NotCalled",
    "ReceivedRequest",
    "ReceiverReport",
    "Request",
    "RequestRefused",
    "WaitTimeout",
    "Webhook",
]

_MODULES = {
    "asynchronous": {"AsyncMockServer"},
    "errors": {
        *("BlockingCall", "ConnectionFailed", "ControlError", "MockServerError", "NotCalled"),
        *("LifespanFailed", "NotAttachable", "RequestRefused", "WaitTimeout"),
    },
    "models": {
        *("AdvanceResult", "Attempt", "Call", "Explanation", "Https", "Leg"),
        *("ReceivedRequest", "ReceiverReport", "Request", "Webhook"),
    },
    "sync": {"MockServer"},
}
"""Module -> the names of it that this package has."""

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        for module, names in _MODULES.items():
            if name in names:
                return getattr(import_module(f"mock_calls.{module}"), name)
        raise AttributeError(f"module 'mock_calls' has no attribute {name!r}")
