"""Collect the names from providers that scenario files may use."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from mockserver.core.account import Retry
from mockserver.core.account_values import AccountRules
from mockserver.core.address_policy import DEFAULT_POLICY, AddressPolicy
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.leg_names import all_leg_names
from mockserver.core.provider import VendorEvent, all_faults


class KnownNames(NamedTuple):
    """Names from all providers.

    `fault_statuses` maps the name of a fault to its HTTP status; `webhook_kinds` and `legs` are
    names of all providers. The other fields are by provider: `operations` and `quirks` hold names,
    `record_types` and `vendor_events` map names to values, `settings_types` is None for a provider
    without settings, `generated_kinds` are the kinds of records that `generate` may name, and
    `account_rules` say what else its accounts may have, and `retries` are the retry policies of
    the vendors. `policy` says where webhooks may go.
    """

    operations: Mapping[str, tuple[str, ...]]
    fault_statuses: Mapping[str, int]
    webhook_kinds: tuple[str, ...]
    legs: tuple[str, ...]
    record_types: Mapping[str, Mapping[str, type]]
    quirks: Mapping[str, tuple[str, ...]]
    vendor_events: Mapping[str, Mapping[str, VendorEvent]] = MappingProxyType({})
    settings_types: Mapping[str, type | None] = MappingProxyType({})
    generated_kinds: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    retries: Mapping[str, Retry] = MappingProxyType({})
    account_rules: Mapping[str, AccountRules] = MappingProxyType({})
    sends_webhooks: Mapping[str, bool] = MappingProxyType({})
    policy: AddressPolicy = DEFAULT_POLICY


def collect_known_names(
    bound_providers: Mapping[str, BoundProvider], policy: AddressPolicy = DEFAULT_POLICY
) -> KnownNames:
    providers = [bound.provider for bound in bound_providers.values()]
    webhook_kinds = [kind for provider in providers for kind in provider.webhooks]
    return KnownNames(
        operations={
            provider.name: _unique(endpoint.operation for endpoint in provider.endpoints)
            for provider in providers
        },
        fault_statuses={
            fault.name: fault.status for provider in providers for fault in all_faults(provider)
        },
        webhook_kinds=_unique(("any", *webhook_kinds)),
        legs=all_leg_names(providers),
        record_types={provider.name: provider.records for provider in providers},
        quirks={provider.name: tuple(provider.quirks) for provider in providers},
        vendor_events={provider.name: provider.vendor_events for provider in providers},
        settings_types={provider.name: provider.settings for provider in providers},
        generated_kinds={provider.name: tuple(provider.generators) for provider in providers},
        retries={provider.name: provider.retry for provider in providers},
        account_rules={provider.name: provider.account_rules for provider in providers},
        sends_webhooks={provider.name: bool(provider.webhooks) for provider in providers},
        policy=policy,
    )


def all_vendor_events(known_names: KnownNames) -> dict[str, VendorEvent]:
    """Return the vendor events of all providers by name; of two with the same name, the last."""
    by_provider = known_names.vendor_events.values()
    return {name: event for events in by_provider for name, event in events.items()}


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
