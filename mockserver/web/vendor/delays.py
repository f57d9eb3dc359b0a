"""Delays that a scenario orders: before the response, or while it is sent."""

import asyncio
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from mockserver.core.time import SECOND
from mockserver.engine.exchange import MatchedRequest
from mockserver.engine.scenario_selection import give_up
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.server.slow_response import send_slowly
from mockserver.web.vendor.admission import admit_request
from mockserver.web.vendor.response import AsgiResponse

if TYPE_CHECKING:
    from starlette.responses import Response


async def wait_for_delay(sandbox: Sandbox, matched: MatchedRequest) -> "MatchedRequest | Response":
    """Wait for the delay of the scenario; after a reset, admit the request anew.

    It is a problem if the reset has removed a scenario that the request names. A request that ends
    meanwhile spends no activation.
    """
    state = sandbox.state
    while matched.api.delay:
        try:
            await asyncio.sleep(matched.api.delay / SECOND)
        except asyncio.CancelledError:
            give_up(state, matched, sandbox.clock.now())
            raise
        if matched.epoch == state.epoch:
            break
        outcome = admit_request(sandbox, matched.incoming)
        if not isinstance(outcome, MatchedRequest):
            return outcome
        matched = outcome
    return matched


async def dribble(
    response: "AsgiResponse | Response", duration: int, scope: Scope, receive: Receive, send: Send
) -> None:
    """Send a vendor's response slowly, over `duration` real ms; a problem of ours at once."""
    if isinstance(response, AsgiResponse):
        await send_slowly(scope, send, response, duration)
    else:
        await response(scope, receive, send)
