"""The operations of the bundled configuration that strategies draw from."""

import json
from collections.abc import Mapping, Sequence
from functools import cache

from mockserver.compiler import build_configuration
from mockserver.config.loader import check_sources
from mockserver.config.source_texts import SourceText
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import Configuration
from mockserver.core.provider import Endpoint
from mockserver.core.suggestions import did_you_mean
from mockserver.settings import Settings


@cache
def bundled_configuration() -> Configuration:
    """Return the configuration without files of the user."""
    return build_configuration(Settings(seed="testing"), {})


def with_scenarios(texts: Mapping[str, object]) -> Configuration:
    """Return the bundled configuration with these scenarios, as they stand in a file.

    They pass the check, and use no other scenario, so that no other file has to be read again.
    """
    bundled = bundled_configuration()
    source = SourceText("drawn.json", json.dumps({"scenarios": texts}).encode())
    drawn = check_sources([source], bundled.providers).definitions.scenarios.by_name
    by_name = {**bundled.scenarios.by_name, **drawn}
    return bundled._replace(scenarios=bundled.scenarios._replace(by_name=by_name))


def find_provider(name: str) -> BoundProvider:
    """Return the provider with this name.

    Raises:
        ValueError: there is none; the message has the nearest name, or all.
    """
    providers = bundled_configuration().providers
    if name not in providers:
        hint = did_you_mean(name, providers) or f"known: {', '.join(providers)}"
        raise ValueError(f"no provider is named {name!r}: {hint}")
    return providers[name]


def find_endpoints(bound: BoundProvider, operation: str = "") -> Sequence[Endpoint]:
    """Return the endpoints that place calls, or only that of this operation.

    Raises:
        ValueError: no such operation places calls; the message has the nearest name, or all.
    """
    placing = {each.operation: each for each in bound.provider.endpoints if each.calls.flows}
    if not operation:
        return [*placing.values()]
    if operation not in placing:
        hint = did_you_mean(operation, placing) or f"known: {', '.join(placing)}"
        raise ValueError(
            f"{bound.provider.name} has no operation {operation!r} that places calls: {hint}"
        )
    return [placing[operation]]


def find_operation(operation: str, provider: str = "") -> tuple[BoundProvider, Endpoint]:
    """Return the operation with this name, of any provider or of the one that is named.

    Raises:
        ValueError: none or several have it; the message has the nearest name, or the providers.
    """
    bounds = [find_provider(provider)] if provider else bundled_configuration().providers.values()
    found = {
        bound.provider.name: (bound, endpoint)
        for bound in bounds
        for endpoint in bound.provider.endpoints
        if endpoint.operation == operation and endpoint.method == bound.form(operation).method
    }
    if len(found) > 1:
        owners = ", ".join(found)
        raise ValueError(f"{owners} have an operation {operation!r}: name the provider, too")
    if not found:
        known = [each.operation for bound in bounds for each in bound.provider.endpoints]
        hint = did_you_mean(operation, known) or f"known: {', '.join(dict.fromkeys(known))}"
        raise ValueError(f"no operation is named {operation!r}: {hint}")
    return next(iter(found.values()))
