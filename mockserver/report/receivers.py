"""The report of a run: what each receiver of its webhooks did."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from mockserver.core.account import Account
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import AccountKey
from mockserver.core.journal import JournalEntry
from mockserver.core.value import Value
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.retry_policy import find_retry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.report.copies import DifferingCopies, find_differing_copies, is_asked
from mockserver.report.follow_ups import FollowUp, find_follow_ups
from mockserver.report.latency import Latency, measure_latency

Item = TypeVar("Item")


class Source(NamedTuple):
    """What a report is made of, as it was at one moment."""

    deliveries: tuple[Delivery, ...]
    entries: tuple[JournalEntry, ...]
    accounts: Mapping[AccountKey, Account]
    providers: Mapping[str, BoundProvider]


class Failure(NamedTuple):
    """A failed attempt: the id of its webhook, and the status or the class of the error."""

    webhook: str
    reason: str


class ReceiverReport(Value):
    """What one receiver did; `url` is that of its webhooks, without the query.

    `attempts` counts those that went to it, `unasked` those that did not: a scenario simulates
    them, their address is refused, or the mock server is at fault. `failures` are the attempts
    that the vendor takes as failed: no status, or one that it does not accept. `states` counts
    the webhooks by state, `statuses` and `errors` the attempts. `failed_webhooks` maps the status
    or the error of failures to the ids of the webhooks that have them.
    """

    url: str
    kinds: tuple[str, ...]
    states: Mapping[str, int]
    attempts: int
    unasked: int
    statuses: Mapping[int, int]
    errors: Mapping[str, int]
    failures: int
    failed_webhooks: Mapping[str, tuple[str, ...]]
    latency: Latency | None
    differing_copies: tuple[DifferingCopies, ...]
    follow_ups: tuple[FollowUp, ...]


def take_source(state: SandboxState) -> Source:
    """Take what a report of the sandbox needs, so that it can go on meanwhile."""
    return Source(
        tuple(state.deliveries.by_id.values()),
        tuple(state.journal.entries),
        state.accounts.by_key,
        state.configuration.providers,
    )


def report_receivers(source: Source) -> tuple[ReceiverReport, ...]:
    """Report on all receivers, in the order of their first webhooks."""
    follow_ups = _group(find_follow_ups(source.entries), lambda each: receiver_url(each.url))
    by_url = _group(source.deliveries, lambda each: receiver_url(each.webhook.url))
    return tuple(
        _report_receiver(source, url, deliveries, follow_ups.get(url, ()))
        for url, deliveries in by_url.items()
    )


def receiver_url(url: str) -> str:
    """Return a URL without query and fragment, in which vendors and applications put ids."""
    return url.partition("#")[0].partition("?")[0]


def _group(items: Iterable[Item], key: Callable[[Item], str]) -> dict[str, list[Item]]:
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _report_receiver(
    source: Source, url: str, deliveries: Sequence[Delivery], follow_ups: Sequence[FollowUp]
) -> ReceiverReport:
    results = [each.result for delivery in deliveries for each in delivery.attempts]
    asked = [result for result in results if is_asked(result)]
    failures = [*_find_failures(source, deliveries)]
    return ReceiverReport(
        url=url,
        kinds=tuple(dict.fromkeys(each.webhook.kind for each in deliveries)),
        states=Counter(each.state for each in deliveries),
        attempts=len(asked),
        unasked=len(results) - len(asked),
        statuses=Counter(each.status for each in asked if each.status is not None),
        errors=Counter(each.error for each in asked if each.error is not None),
        failures=len(failures),
        failed_webhooks=_group_failures(failures),
        latency=measure_latency([each.duration_ms for each in asked if each.status is not None]),
        differing_copies=tuple(_find_copies(source, deliveries)),
        follow_ups=tuple(follow_ups),
    )


def _find_failures(source: Source, deliveries: Iterable[Delivery]) -> Iterator[Failure]:
    for delivery in deliveries:
        accepted = _accepted_statuses(source, delivery)
        for attempt in delivery.attempts:
            if _is_failure(attempt.result, accepted):
                yield Failure(delivery.id, str(attempt.result.error or attempt.result.status))


def _group_failures(failures: Iterable[Failure]) -> dict[str, tuple[str, ...]]:
    """Map each reason to the ids of its webhooks, each once."""
    groups = _group(failures, lambda each: each.reason)
    return {
        reason: tuple(dict.fromkeys(each.webhook for each in groups[reason]))
        for reason in sorted(groups)
    }


def _accepted_statuses(source: Source, delivery: Delivery) -> frozenset[int]:
    """Return the statuses that end the retries of a webhook."""
    return find_retry(delivery, source.accounts, source.providers).satisfied_by


def _is_failure(result: DeliveryResult, accepted: frozenset[int]) -> bool:
    return is_asked(result) and result.status not in accepted


def _find_copies(source: Source, deliveries: Sequence[Delivery]) -> Iterator[DifferingCopies]:
    """Yield the differing copies, account by account, as each may accept other statuses."""
    for group in _group(deliveries, lambda each: f"{each.provider}/{each.account}").values():
        yield from find_differing_copies(group, _accepted_statuses(source, group[0]))
