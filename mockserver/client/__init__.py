"""Clients for a running mock server, blocking and asynchronous.

They import nothing else from `mockserver`.
"""

from mockserver.client.asynchronous import AsyncMockServer
from mockserver.client.errors import (
    BlockingCall,
    MockServerError,
    NotAccepted,
    NotCalled,
    NotInTime,
    Refused,
    Unreachable,
)
from mockserver.client.models import Advanced, Attempt, Call, Explained, Leg, Request, Webhook
from mockserver.client.sync import MockServer

__all__ = [
    "Advanced",
    "AsyncMockServer",
    "Attempt",
    "BlockingCall",
    "Call",
    "Explained",
    "Leg",
    "MockServer",
    "MockServerError",
    "NotAccepted",
    "NotCalled",
    "NotInTime",
    "Refused",
    "Request",
    "Unreachable",
    "Webhook",
]
