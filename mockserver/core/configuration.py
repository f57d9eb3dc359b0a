"""The configuration that a sandbox starts from: providers, scenarios, accounts."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mockserver.core.account import Account
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.provider import BoundProvider
from mockserver.core.scenario import ScenarioSet

AccountKey = tuple[str, str]
"""(provider, name of the account)"""
ParseAccount = Callable[[str, str, Mapping[str, Any]], tuple[Account | None, tuple[Any, ...]]]
"""(name, provider, document) -> the account, or else all that is wrong: (path, sentence)."""


def leave_unpopulated(_: str, account: Account) -> Account:
    return account


class Configuration(NamedTuple):
    """What a sandbox starts from. `targets` maps a provider to where `--webhook` sends."""

    seed: str
    providers: Mapping[str, BoundProvider]
    scenarios: ScenarioSet
    accounts: Mapping[AccountKey, Account]
    parse_account: ParseAccount
    webhook_targets: Mapping[str, str] = EMPTY_MAPPING
    populate: Callable[[str, Account], Account] = leave_unpopulated
    """(seed, account) -> the account with the records that it wants made up."""
