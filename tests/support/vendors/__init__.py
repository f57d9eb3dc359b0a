"""Helpers that send requests of each vendor to the engine without HTTP."""

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.core.http import Request
from mockserver.engine.exchange import Exchange
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import simulation
from tests.support.builders import build_incoming_request

AccountPatch = Callable[[SandboxState, Mapping[str, object]], None]


def sent_fields(*parts: Mapping[str, object]) -> dict[str, object]:
    """Merge the fields, the later over the earlier; None omits one."""
    merged = {name: value for part in parts for name, value in part.items()}
    return {name: value for name, value in merged.items() if value is not None}


def send(  # noqa: PLR0913 - all that the vendors differ in
    state: SandboxState,
    provider: str,
    operation: str,
    fields: Mapping[str, object],
    *,
    scenarios: tuple[str, ...] = (),
    now: int = simulation.START,
    **more: Any,
) -> Exchange:
    """Send a request to the endpoint of `operation`; `more` are other parts of the request."""
    bound = state.configuration.providers[provider]
    endpoint = next(
        endpoint for endpoint in bound.provider.endpoints if endpoint.operation == operation
    )
    request = Request(method=endpoint.method, path=endpoint.path, fields=fields, **more)
    incoming = build_incoming_request(
        bound=bound, endpoint=endpoint, request=request, scenario_names=scenarios
    )
    return handle(state, incoming, now)


def response_body(exchange: Exchange) -> Any:
    return exchange.response.body


def build_account_patch(key: tuple[str, str]) -> AccountPatch:
    """Build a function that patches this account at `START`, as the control API does."""

    def patch_account(state: SandboxState, document: Mapping[str, object]) -> None:
        simulation.patch_account(state, key, document, simulation.START)

    return patch_account
