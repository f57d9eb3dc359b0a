"""Admits vendor requests: checks the scenarios that they name, and matches them."""

from typing import TYPE_CHECKING

from mockserver.core.suggestions import did_you_mean
from mockserver.engine.exchange import IncomingRequest, MatchedRequest
from mockserver.engine.pipeline import match_request
from mockserver.engine.scenario_selection import admit
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.vendor.own_refusals import refuse_scenario

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
    return matched if matched.is_plain else admit(sandbox.state, matched)


def parse_scenario_names(header: str) -> tuple[str, ...]:
    """Return the names in the header `X-Mock-Scenario`."""
    return tuple(name.strip() for name in header.split(",") if name.strip()) if header else ()


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
