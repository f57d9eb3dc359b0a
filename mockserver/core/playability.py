"""Where a scenario can play: on which operations, with which call flows, on which accounts."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from mockserver.core.call_flows import CALL_FLOWS
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.leg_names import flow_legs_by_name
from mockserver.core.possible_calls import NO_CALLS, PossibleCalls
from mockserver.core.provider import Endpoint, Provider, endpoint_roles
from mockserver.core.scenario import CONTEXT_NAMES, Scenario

AccountKey = tuple[str, str]
"""(provider, name of an account)."""


class PlaySite(NamedTuple):
    """An operation with one of its call flows; `flow` is empty if it places no calls.

    `legs` maps the names of the legs to the legs; of two names of a leg the later has precedence.
    """

    provider: Provider
    operation: str
    flow: str = ""
    legs: Mapping[str, str] = EMPTY_MAPPING
    calls: PossibleCalls = NO_CALLS

    @property
    def dialed_names(self) -> frozenset[str]:
        """The names of the legs whose numbers are known when a scenario is selected."""
        dialed = CALL_FLOWS[self.flow].dial_conditions if self.flow else ()
        return frozenset(name for name, leg in self.legs.items() if leg in dialed)


def all_sites(providers: Iterable[Provider]) -> tuple[PlaySite, ...]:
    """Return every operation with each of its call flows, in the order of the endpoints."""
    sites = {
        (provider.name, endpoint.operation, flow): build_site(provider, endpoint, flow)
        for provider in providers
        for endpoint in provider.endpoints
        for flow in endpoint.calls.flows or ("",)
    }
    return tuple(sites.values())


def find_site(provider: Provider, operation: str, flow: str) -> PlaySite:
    """Return the site of an operation with one of its call flows."""
    endpoint = next(each for each in provider.endpoints if each.operation == operation)
    return build_site(provider, endpoint, flow)


def play_sites(
    scenario: Scenario, sites: Iterable[PlaySite], accounts: Iterable[AccountKey]
) -> tuple[PlaySite, ...]:
    """Return the sites that suit the scenario's `needs` and, if it has one, its `match`.

    The fields, credentials and numbers of a request are not known here, so any may come.
    """
    globs = _globs(scenario)
    legs = {name: glob for name, glob in globs.items() if name not in CONTEXT_NAMES}
    return tuple(
        site
        for site in operation_sites(scenario, sites, accounts)
        if scenario.needs.get("leg", "") in ("", *site.legs)
        and all(fnmatchcase("", glob) or name in site.dialed_names for name, glob in legs.items())
    )


def meets_needs(site: PlaySite, scenario: Scenario) -> bool:
    """Return True if a call of this site has all that the scenario needs."""
    return bool(play_sites(Scenario(scenario.name, needs=scenario.needs), (site,), ()))


def operation_sites(
    scenario: Scenario, sites: Iterable[PlaySite], accounts: Iterable[AccountKey]
) -> tuple[PlaySite, ...]:
    """Return the sites that suit in everything but the legs.

    An account that nobody has described may be any provider's: the control API can add it.
    """
    globs, needs = _globs(scenario), scenario.needs
    owners = {provider for provider, name in accounts if _suits(globs, "account", name)}
    is_known = "account" in globs and owners
    return tuple(
        site
        for site in sites
        if needs.get("provider", site.provider.name) == site.provider.name
        and needs.get("operation", site.operation) == site.operation
        and _suits(globs, "provider", site.provider.name)
        and _suits(globs, "operation", site.operation)
        and (not is_known or site.provider.name in owners)
    )


def play_accounts(
    scenario: Scenario, sites: Iterable[PlaySite], accounts: Iterable[AccountKey]
) -> tuple[AccountKey, ...]:
    """Return the accounts on which the scenario can play, if it can play on these sites."""
    providers, globs = {site.provider.name for site in sites}, _globs(scenario)
    return tuple(
        (provider, name)
        for provider, name in accounts
        if provider in providers and _suits(globs, "account", name)
    )


def build_site(provider: Provider, endpoint: Endpoint, flow: str) -> PlaySite:
    """Build the site of an endpoint; `flow` is one of its call flows, or empty."""
    roles = endpoint_roles(provider, endpoint)
    legs = flow_legs_by_name(flow, tuple(roles.items())) if flow else EMPTY_MAPPING
    return PlaySite(provider, endpoint.operation, flow, legs, endpoint.calls)


def _globs(scenario: Scenario) -> Mapping[str, str]:
    return scenario.match.globs if scenario.match else EMPTY_MAPPING


def _suits(globs: Mapping[str, str], name: str, value: str) -> bool:
    return fnmatchcase(value, globs.get(name, "*"))
