"""The configuration that a sandbox starts from: providers, scenarios, accounts."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mockserver.core.account import Account
from mockserver.core.address_policy import DEFAULT_POLICY, AddressPolicy
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.selection import ScenarioSet

AccountKey = tuple[str, str]
"""(provider, name of the account)"""
ParseAccount = Callable[[str, str, Mapping[str, Any]], tuple[Account | None, tuple[Any, ...]]]
"""(name, provider, document) -> (account, ()), or (None, problems), each a (path, message)."""


class AccountNote(NamedTuple):
    """An account on which a scenario cannot play; `location` is that of the step or scenario."""

    account: AccountKey
    operation: str
    location: str
    reason: str

    def __str__(self) -> str:
        provider, name = self.account
        return f"cannot play on account {name} of {provider}: {self.operation}: {self.reason}"


def leave_unpopulated(_: str, account: Account) -> Account:
    return account


class Configuration(NamedTuple):
    """What a sandbox starts from; `webhook_targets` maps a provider to the URL of `--webhook`."""

    seed: str
    providers: Mapping[str, BoundProvider]
    scenarios: ScenarioSet
    accounts: Mapping[AccountKey, Account]
    parse_account: ParseAccount
    webhook_targets: Mapping[str, str] = EMPTY_MAPPING
    policy: AddressPolicy = DEFAULT_POLICY
    """Where webhooks can go."""
    populate: Callable[[str, Account], Account] = leave_unpopulated
    """(seed, account) -> the account with the fake records that its `generate` asks for."""
    files: Mapping[str, bytes] = EMPTY_MAPPING
    """Name of each scenario file of the user -> its content."""
    bundled_files: Mapping[str, bytes] = EMPTY_MAPPING
    """Name of each scenario file of this package -> its content."""
    quirks: tuple[tuple[str, str], ...] = ()
    """(provider, quirk) of each `--quirk`."""
    trace_webhooks: bool = False
    """Whether webhooks have the trace context of the request that placed their call."""
    scenario_notes: Mapping[str, tuple[AccountNote, ...]] = EMPTY_MAPPING
    """Location of a user's scenario -> the user's accounts on which it cannot play."""


def recorded_options(configuration: Configuration) -> dict[str, Any]:
    """Return the options that decide on responses, beside the seed and the scenario files."""
    policy = configuration.policy
    return {
        "number_plan": configuration.scenarios.number_plan,
        "quirks": [list(pair) for pair in configuration.quirks],
        "webhook_targets": [each for each in policy.allow if each not in DEFAULT_POLICY.allow],
        "webhook_rewrite": [list(pair) for pair in policy.rewrite.items()],
        "webhook": dict(configuration.webhook_targets),
        "trace_webhooks": configuration.trace_webhooks,
    }
