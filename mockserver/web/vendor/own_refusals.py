"""Refuses vendor requests by problems of the mock server: recorded, counted and logged."""

import json
import logging
from typing import TYPE_CHECKING, Final

from mockserver.core.http import Request
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.own_refusals import OwnRefusal, record_refusal
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.dependencies import Dependencies
from mockserver.web.problem_kinds import PROBLEM_KINDS
from mockserver.web.problems import problem, problem_body
from mockserver.web.redaction import redact_path
from mockserver.web.router import UnknownPath, VendorRoute
from mockserver.web.vendor.response import ESCAPES

if TYPE_CHECKING:
    from starlette.responses import Response

COUNTED_AS_ERRORS: Final = frozenset({"internal-error"})
"""Kinds that health has among its `errors`."""

FOREIGN_KINDS: Final = frozenset({"bad-request", "foreign-host", "foreign-origin"})
"""Kinds of requests that nobody may have meant to send here."""

BROWSER_PATHS: Final = frozenset(
    {
        "/favicon.ico",
        "/apple-touch-icon.png",
        "/apple-touch-icon-precomposed.png",
        "/.well-known/appspecific/com.chrome.devtools.json",
    }
)
"""Paths for which browsers ask by themselves."""

log = logging.getLogger("mockserver")


def refuse_unknown_path(sandbox: Sandbox, request: Request, unknown: UnknownPath) -> "Response":
    """Refuse a request to a path that no provider has.

    Paths that only browsers ask for, and without being told to, leave no trace.
    """
    operation = f"{request.method} {redact_path(request.path, sandbox.state.configuration.seed)}"
    detail = f"no emulated API has {operation}; nearest: {'; '.join(unknown.nearest)}"
    if request.path in BROWSER_PATHS:
        return problem("unknown-path", detail, nearest=list(unknown.nearest))
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


def is_foreign(rejection: "Response") -> bool:
    """Whether the request may be one that nobody meant to send here."""
    return rejection.headers["x-mock-problem"] in FOREIGN_KINDS


def record_rejection(
    sandbox: Sandbox, route: VendorRoute | UnknownPath, request: Request, rejection: "Response"
) -> "Response":
    """Record a request that is refused before it is matched; its id is added to the response.

    The exchange has no origin: the name by which a foreign page calls the server is not its own.
    """
    body = json.loads(bytes(rejection.body))
    kind = rejection.headers["x-mock-problem"]
    refusal = OwnRefusal(kind, rejection.status_code, body["detail"], body=body)
    if isinstance(route, VendorRoute):
        provider, operation = route.bound.provider.name, route.endpoint.operation
        refusal = refusal.replace(provider=provider, operation=operation)
    exchange = store_refusal(sandbox, request.replace(origin=""), refusal)
    rejection.headers["x-mock-request"] = exchange.id
    return rejection


def _refuse(
    sandbox: Sandbox, request: Request, refusal: OwnRefusal, **members: object
) -> "Response":
    """Record the exchange, whose id the response has; `members` are those of the problem."""
    kind, detail = refusal.problem, refusal.explanation
    body = {**problem_body(kind, detail), **members}
    exchange = store_refusal(sandbox, request, refusal.replace(body=body))
    response = problem(kind, detail, **members)
    response.headers["x-mock-request"] = exchange.id
    return response


def store_refusal(sandbox: Sandbox, request: Request, refusal: OwnRefusal) -> Exchange:
    """Record the exchange of a refused request, at the present time of its sandbox."""
    return record_refusal(sandbox.state, request, sandbox.scheduler.catch_up(), refusal)


def count_refusal(dependencies: Dependencies, response: "Response") -> None:
    """Count a problem response by its kind, and log it unless the journal has it, which is logged.

    Of a request to the control API there is no exchange.
    """
    kind = response.headers["x-mock-problem"]
    is_journaled = "x-mock-request" in response.headers
    if kind in COUNTED_AS_ERRORS or (kind == "unknown-path" and not is_journaled):
        return
    dependencies.rejections[kind] += 1
    if not is_journaled:
        message = f"a request was refused: {kind}, {json.loads(bytes(response.body))['detail']}"
        if text := dependencies.log_throttle.limit(kind, message):
            log.warning("%s", text.translate(ESCAPES))
