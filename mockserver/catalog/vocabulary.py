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


class Vocabulary(NamedTuple):
    """Operations, records, quirks and acts by provider; the status of each fault; other names."""

    operations: Mapping[str, tuple[str, ...]]
    faults: Mapping[str, int]
    kinds: tuple[str, ...]
    legs: tuple[str, ...]
    records: Mapping[str, Mapping[str, type]]
    quirks: Mapping[str, tuple[str, ...]]
    acts: Mapping[str, Mapping[str, VendorEvent]] = MappingProxyType({})
    settings: Mapping[str, type | None] = MappingProxyType({})
    generated: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def vocabulary(listings: Mapping[str, BoundProvider]) -> Vocabulary:
    providers = [listing.provider for listing in listings.values()]
    return Vocabulary(
        operations={
            one.name: tuple(dict.fromkeys(point.operation for point in one.endpoints))
            for one in providers
        },
        faults={fault.name: fault.status for one in providers for fault in all_faults(one)},
        kinds=_unique(("any", *(kind for one in providers for kind in one.webhooks))),
        legs=_unique((*LEG_NAMES, *(word for one in providers for word in _words(one)))),
        records={one.name: one.records for one in providers},
        quirks={one.name: tuple(one.quirks) for one in providers},
        acts={one.name: one.vendor_events for one in providers},
        settings={one.name: one.settings for one in providers},
        generated={one.name: tuple(one.generators) for one in providers},
    )


def all_acts(words: Vocabulary) -> dict[str, VendorEvent]:
    """By name; of two that share one, either."""
    return {name: act for acts in words.acts.values() for name, act in acts.items()}


def _words(provider: Provider) -> Iterator[str]:
    for endpoint in provider.endpoints:
        yield from endpoint_roles(provider, endpoint).values()


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
