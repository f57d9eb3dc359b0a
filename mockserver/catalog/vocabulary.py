"""Every word that scenario files may use beside those of their grammar: the providers' own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mockserver.core.provider import Listing, faults
from mockserver.core.story import LEGS


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Operations, records and quirks by provider; the HTTP status of each fault; other names."""

    operations: Mapping[str, tuple[str, ...]]
    faults: Mapping[str, int]
    kinds: tuple[str, ...]
    legs: tuple[str, ...]
    records: Mapping[str, Mapping[str, type]]
    quirks: Mapping[str, tuple[str, ...]]


def vocabulary(listings: Mapping[str, Listing]) -> Vocabulary:
    providers = [listing.provider for listing in listings.values()]
    return Vocabulary(
        operations={
            one.name: tuple(dict.fromkeys(point.operation for point in one.endpoints))
            for one in providers
        },
        faults={fault.name: fault.status for one in providers for fault in faults(one)},
        kinds=_unique(("any", *(kind for one in providers for kind in one.webhooks))),
        legs=_unique((*LEGS, *(word for one in providers for word in one.legs.values()))),
        records={one.name: one.records for one in providers},
        quirks={one.name: tuple(one.quirks) for one in providers},
    )


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
