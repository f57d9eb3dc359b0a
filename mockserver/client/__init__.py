"""Clients for a running mock server, blocking and asynchronous.

They import nothing else from `mockserver`.
"""

from mockserver.client.asynchronous import AsyncMockServer
from mockserver.client.errors import (
    BlockingCall,
    ConnectionFailed,
    ControlError,
    MockServerError,
    NotCalled,
    RequestRefused,
    WaitTimeout,
)
from mockserver.client.models import (
    AdvanceResult,
    Attempt,
    Call,
    Explanation,
    Leg,
    Request,
    Webhook,
)
from mockserver.client.sync import MockServer

__all__ = [
    "AdvanceResult",
    "AsyncMockServer",
    "Attempt",
    "BlockingCall",
    "Call",
    "ConnectionFailed",
    "ControlError",
    "Explanation",
    "Leg",
    "MockServer",
    "MockServerError",
    "NotCalled",
    "Request",
    "RequestRefused",
    "WaitTimeout",
    "Webhook",
]
