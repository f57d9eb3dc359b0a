"""Refuses vendor requests by problems of the mock server: recorded, counted and logged."""

import json
import logging
from typing import TYPE_CHECKING, Final

from mockserver.core.http import Request
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.own_refusals import OwnRefusal, record_refusal
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.dependencies import Dependencies
from mockserver.web.problems import PROBLEM_KINDS, problem, problem_body
from mockserver.web.router import UnknownPath
from mockserver.web.vendor.response import ESCAPES

if TYPE_CHECKING:
    from starlette.responses import Response

COUNTED_AS_ERRORS: Final = frozenset({"internal-error"})
"""Kinds that health has among its `errors`."""

log = logging.getLogger("mockserver")


def refuse_unknown_path(sandbox: Sandbox, request: Request, unknown: UnknownPath) -> "Response":
    """Refuse a request to a path that no provider has."""
    operation = f"{request.method} {request.path}"
    detail = f"no emulated API has {operation}; nearest: {'; '.join(unknown.nearest)}"
    refusal = OwnRefusal("unknown-path", PROBLEM_KINDS["unknown-path"].status, detail)
    return _refuse(sandbox, request, refusal, nearest=list(unknown.nearest))


def refuse_scenario(
    kind: str, detail: str, sandbox: Sandbox, incoming: IncomingRequest
) -> "Response":
    """Refuse a request for a scenario that its header names."""
    provider, operation = incoming.bound.provider.name, incoming.endpoint.operation
    refusal = OwnRefusal(
        kind, PROBLEM_KINDS[kind].status, detail, provider, operation, incoming.scenario_names
    )
    return _refuse(sandbox, incoming.request, refusal)


def _refuse(
    sandbox: Sandbox, request: Request, refusal: OwnRefusal, **members: object
) -> "Response":
    """Record the exchange, whose id the response has; `members` are those of the problem."""
    kind, detail = refusal.problem, refusal.explanation
    body = {**problem_body(kind, detail), **members}
    now = sandbox.scheduler.catch_up()
    exchange = record_refusal(sandbox.state, request, now, refusal.replace(body=body))
    response = problem(kind, detail, **members)
    response.headers["x-mock-request"] = exchange.id
    return response


def count_refusal(dependencies: Dependencies, response: "Response") -> None:
    """Count a problem response by its kind, and log it unless the journal has it, which is logged.

    Of a request that is refused before it has a sandbox and a body, there is no exchange: a replay
    could not repeat it.
    """
    kind = response.headers["x-mock-problem"]
    if kind in COUNTED_AS_ERRORS:
        return
    dependencies.rejections[kind] += 1
    if "x-mock-request" not in response.headers:
        message = f"a request was refused: {kind}, {json.loads(bytes(response.body))['detail']}"
        if text := dependencies.log_throttle.limit(kind, message):
            log.warning("%s", text.translate(ESCAPES))
