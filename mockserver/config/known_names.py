"""Every word that scenario files may use beside those of their grammar: the providers' own."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from mockserver.core.provider import (
    BoundProvider,
    Provider,
    VendorEvent,
    all_faults,
    endpoint_roles,
)
from mockserver.core.scenario import LEG_NAMES


class KnownNames(NamedTuple):
    """Operations, records, quirks and acts by provider; the status of each fault; other names."""

    operations: Mapping[str, tuple[str, ...]]
    fault_statuses: Mapping[str, int]
    webhook_kinds: tuple[str, ...]
    legs: tuple[str, ...]
    record_types: Mapping[str, Mapping[str, type]]
    quirks: Mapping[str, tuple[str, ...]]
    vendor_events: Mapping[str, Mapping[str, VendorEvent]] = MappingProxyType({})
    settings_types: Mapping[str, type | None] = MappingProxyType({})
    generated_kinds: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def collect_known_names(bound_providers: Mapping[str, BoundProvider]) -> KnownNames:
    providers = [listing.provider for listing in bound_providers.values()]
    return KnownNames(
        operations={
            one.name: tuple(dict.fromkeys(point.operation for point in one.endpoints))
            for one in providers
        },
        fault_statuses={fault.name: fault.status for one in providers for fault in all_faults(one)},
        webhook_kinds=_unique(("any", *(kind for one in providers for kind in one.webhooks))),
        legs=_unique((*LEG_NAMES, *(word for one in providers for word in _role_names(one)))),
        record_types={one.name: one.records for one in providers},
        quirks={one.name: tuple(one.quirks) for one in providers},
        vendor_events={one.name: one.vendor_events for one in providers},
        settings_types={one.name: one.settings for one in providers},
        generated_kinds={one.name: tuple(one.generators) for one in providers},
    )


def all_vendor_events(known_names: KnownNames) -> dict[str, VendorEvent]:
    """By name; of two that share one, either."""
    return {name: act for acts in known_names.vendor_events.values() for name, act in acts.items()}


def _role_names(provider: Provider) -> Iterator[str]:
    for endpoint in provider.endpoints:
        yield from endpoint_roles(provider, endpoint).values()


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
