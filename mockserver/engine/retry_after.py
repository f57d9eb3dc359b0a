"""The header `Retry-After` of a request over the rate limit of its account."""

from typing import Final

from mockserver.core.http import Response
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import SECOND
from mockserver.engine.sandbox_state import SandboxState

TOO_MANY_REQUESTS: Final = 429


def add_retry_after(state: SandboxState, context: RequestContext, response: Response) -> Response:
    """Add the whole seconds until the account may send again, if the response is a 429.

    No vendor documents the header: assumed.
    """
    if response.status != TOO_MANY_REQUESTS or context.account is None:
        return response
    wait = state.counters.opens_at(context.account) - context.now
    seconds = str(max(1, -(-wait // SECOND)))
    return response.replace(headers={**response.headers, "retry-after": seconds})
