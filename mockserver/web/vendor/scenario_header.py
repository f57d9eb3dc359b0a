"""Reads the header `X-Mock-Scenario`, and checks the scenarios that it names."""

from typing import TYPE_CHECKING

from mockserver.core.suggestions import did_you_mean
from mockserver.engine.exchange import MatchedRequest
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.problems import problem

if TYPE_CHECKING:
    from starlette.responses import Response


def parse_scenario_names(header: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in header.split(",") if name.strip()) if header else ()


def check_scenario_names(sandbox: Sandbox, names: tuple[str, ...]) -> "Response | None":
    """Return 422 if the header names an unknown scenario."""
    if not names:
        return None
    known = sandbox.state.configuration.scenarios.public_names
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"known: {', '.join(sorted(known))}"
            return problem("unknown-scenario", f"no scenario is named {name!r}: {hint}")
    return None


def check_requirements(sandbox: Sandbox, matched: MatchedRequest) -> "Response | None":
    """Return 422 if the header names a scenario that fits no planned call."""
    for name in matched.incoming.scenario_names:
        scenario = sandbox.state.configuration.scenarios.by_name[name]
        missing = [scenario.missing_requirement(match.context) for match in matched.matches]
        if all(missing):
            detail = f"{name} cannot be in force here: {missing[0]}"
            return problem("scenario-not-applicable", detail)
    return None
