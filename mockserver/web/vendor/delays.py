"""Waits for the delay that a scenario orders before the response."""

import asyncio

from mockserver.core.time import SECOND
from mockserver.engine.exchange import MatchedRequest
from mockserver.engine.pipeline import match_request
from mockserver.engine.scenario_selection import admit, give_back
from mockserver.runtime.sandbox import Sandbox


async def wait_for_delay(sandbox: Sandbox, matched: MatchedRequest) -> MatchedRequest:
    """Wait for the delay of the scenario; after a reset, match and admit the request anew.

    A request that ends meanwhile spends no activation.
    """
    state = sandbox.state
    while matched.api.delay:
        try:
            await asyncio.sleep(matched.api.delay / SECOND)
        except asyncio.CancelledError:
            give_back(state, matched)
            raise
        if matched.epoch == state.epoch:
            break
        now = sandbox.scheduler.catch_up()
        matched = admit(state, match_request(state, matched.incoming, now))
    return matched
