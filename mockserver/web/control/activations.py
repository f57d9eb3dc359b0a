"""Activates scenarios for the next requests that match, lists and clears activations."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.core.configuration import Configuration
from mockserver.core.leg_names import all_leg_names
from mockserver.core.match_words import (
    GLOBS_BY_NAME,
    OTHER_KEYS,
    build_match_rule,
    match_rule_problems,
    match_rule_words,
)
from mockserver.core.scenario import CONTEXT_NAMES, MatchRule
from mockserver.core.selection import Activation
from mockserver.core.suggestions import did_you_mean
from mockserver.engine import commands
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.params import check_keys, read_json_object, sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.redaction import redact_item

USAGE = '{"scenario": "callee-busy", "match": {"provider": "mobtexting"}, "times": 1}'


async def list_activations(request: Request) -> JSONResponse:
    state = sandbox_of(request).state
    serialized = [
        _serialize_activation(activation, state.configuration.seed)
        for activation in state.activations.in_force
    ]
    return JSONResponse({"activations": serialized})


async def activate(request: Request) -> JSONResponse:
    """Activate a scenario for the next `times` requests that match; without `times`, for all.

    Without `match`, every request matches.
    """
    sandbox, body = sandbox_of(request), await read_json_object(request)
    activation = activate_body(sandbox.state, body, sandbox.clock.now())
    salt = sandbox.state.configuration.seed
    return JSONResponse(_serialize_activation(activation, salt), 201)


def activate_body(state: SandboxState, body: Mapping[str, Any], now: int) -> Activation:
    """Put in force the activation that the body of a request describes.

    Raises:
        ProblemError: the body describes none.
    """
    check_keys(body, ("scenario", "match", "times"), "an activation")
    if "scenario" not in body:
        raise ProblemError("invalid-body", f"send {USAGE}")
    name, times, known = (
        str(body.get("scenario", "")),
        body.get("times"),
        state.configuration.scenarios.public_names,
    )
    if name not in known:
        raise ProblemError(
            "unknown-scenario",
            f"no scenario is named {name!r}: {did_you_mean(name, known) or _listed(known)}",
        )
    if not (times is None or _is_count(times)):
        detail = f"times is a whole number from 1 on, not {json.dumps(times)}; without it, for all"
        raise ProblemError("invalid-body", detail)
    match = _parse_match(body.get("match", {}), state.configuration)
    activation = Activation(state.activations.next_id, name, match, times)
    commands.activate(state, activation, body, now)
    return activation


async def clear_activations(request: Request) -> Response:
    sandbox = sandbox_of(request)
    commands.clear_activations(sandbox.state, sandbox.clock.now())
    return Response(status_code=204)


async def delete_activation(request: Request) -> Response:
    """Remove one activation that is in force."""
    sandbox, activation_id = sandbox_of(request), request.path_params["id"]
    known = [each.id for each in sandbox.state.activations.in_force]
    if activation_id not in known:
        hint = did_you_mean(activation_id, known) or "GET /_mock/activations lists those in force"
        detail = f"no activation in force is named {activation_id}: {hint}"
        raise ProblemError("unknown-activation", detail)
    commands.remove_activation(sandbox.state, activation_id, sandbox.clock.now())
    return Response(status_code=204)


def _listed(names: tuple[str, ...]) -> str:
    return f"known: {', '.join(sorted(names))}"


def _is_count(times: Any) -> bool:
    return isinstance(times, int) and not isinstance(times, bool) and times > 0


def _parse_match(value: Any, configuration: Configuration) -> MatchRule:
    providers = (bound.provider for bound in configuration.providers.values())
    known = tuple(dict.fromkeys((*CONTEXT_NAMES, *all_leg_names(providers), *OTHER_KEYS)))
    if not isinstance(value, Mapping):
        raise ProblemError("invalid-body", f"match must map {', '.join(known)} to globs")
    for name in value:
        if name not in known:
            hint = did_you_mean(name, known) or f"it maps {', '.join(known)} to globs"
            raise ProblemError("invalid-body", f"match takes no {name!r}: {hint}")
    for name, subject in GLOBS_BY_NAME.items():
        if not isinstance(value.get(name, {}), Mapping):
            raise ProblemError("invalid-body", f"{name} maps {subject} of the request to globs")
    for path, message in match_rule_problems(value):
        raise ProblemError("invalid-body", f"match.{'.'.join(path)}: {message}")
    return build_match_rule(value)


def _serialize_activation(activation: Activation, salt: str) -> dict[str, Any]:
    serialized = {
        "id": activation.id,
        "scenario": activation.scenario_name,
        "match": match_rule_words(activation.match),
        "remaining": activation.remaining,
    }
    return redact_item(serialized, salt)


ROUTES = (
    Route("/activations", list_activations, methods=["GET"]),
    Route("/activations", activate, methods=["POST"]),
    Route("/activations", clear_activations, methods=["DELETE"]),
    Route("/activations/{id}", delete_activation, methods=["DELETE"]),
)
