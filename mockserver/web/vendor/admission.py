"""Builds vendor requests, checks the scenarios that they name, matches and admits them."""

from typing import TYPE_CHECKING

from starlette.types import Scope

from mockserver.core.findings import WrongMethodTest
from mockserver.core.http import Request
from mockserver.core.rulebook import Rule
from mockserver.core.suggestions import did_you_mean
from mockserver.engine.exchange import IncomingRequest, MatchedRequest
from mockserver.engine.pipeline import match_request
from mockserver.engine.scenario_selection import admit
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.router import UnknownPath, VendorRoute
from mockserver.web.vendor.own_refusals import refuse_scenario
from mockserver.web.vendor.request import parse_request

if TYPE_CHECKING:
    from starlette.responses import Response


def admit_request(sandbox: Sandbox, incoming: IncomingRequest) -> "MatchedRequest | Response":
    """Match a request with what there is now, and admit it; or return a problem response.

    A request that is refused for a scenario of its header is recorded like every other.
    """
    names = incoming.scenario_names
    rejection = _check_scenario_names(sandbox, incoming) if names else None
    if rejection:
        return rejection
    matched = match_request(sandbox.state, incoming, sandbox.scheduler.catch_up())
    rejection = _check_requirements(sandbox, matched) if names else None
    if rejection:
        return rejection
    return admit(sandbox.state, matched)


def parse_scenario_names(header: str) -> tuple[str, ...]:
    """Return the names in the header `X-Mock-Scenario`."""
    return tuple(name.strip() for name in header.split(",") if name.strip()) if header else ()


def build_request(
    scope: Scope, body: bytes, public_url: str, route: VendorRoute | UnknownPath
) -> Request:
    """Parse the request; the fields of its path take precedence over query and body."""
    if isinstance(route, UnknownPath):
        return parse_request(scope, body, public_url)
    request = parse_request(scope, body, public_url, route.host)
    path_fields = route.path_fields
    return request.replace(fields={**request.fields, **path_fields}) if path_fields else request


def read_credential(route: VendorRoute | UnknownPath, request: Request) -> str:
    """The credential, which each vendor reads from another place; empty if there is none."""
    if isinstance(route, UnknownPath):
        return ""
    return route.bound.provider.credential(request) or ""


def build_incoming(
    route: VendorRoute, request: Request, credential: str, depth: int
) -> IncomingRequest:
    header = request.headers.get("x-mock-scenario")
    wrong_method = (
        Rule(WrongMethodTest(tuple(route.allowed_methods)), route.bound.provider.wrong_method)
        if route.allowed_methods
        else None
    )
    has_choice = route.alternatives and not route.allowed_methods
    return IncomingRequest(
        route.bound,
        route.select_endpoint(request) if has_choice else route.endpoint,
        request,
        parse_scenario_names(header) if header else (),
        credential,
        wrong_method,
        webhook_depth=depth,
    )


def _check_scenario_names(sandbox: Sandbox, incoming: IncomingRequest) -> "Response | None":
    """Return 422 if the header names an unknown scenario."""
    known = sandbox.state.configuration.scenarios.public_names
    for name in incoming.scenario_names:
        if name not in known:
            hint = did_you_mean(name, known) or f"known: {', '.join(sorted(known))}"
            detail = f"no scenario is named {name!r}: {hint}"
            return refuse_scenario("unknown-scenario", detail, sandbox, incoming)
    return None


def _check_requirements(sandbox: Sandbox, matched: MatchedRequest) -> "Response | None":
    """Return 422 if the header names a scenario that fits no planned call."""
    for name in matched.incoming.scenario_names:
        scenario = sandbox.state.configuration.scenarios.by_name[name]
        missing = [scenario.missing_requirement(match.context) for match in matched.matches]
        if all(missing):
            detail = f"{name} cannot be in force here: {missing[0]}"
            return refuse_scenario("scenario-not-applicable", detail, sandbox, matched.incoming)
    return None
