"""What `/_mock/metrics` shows of a server: a table of metrics, read when they are asked for.

Nothing a client names is a label: no number, no account, no sandbox, no URL.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Final, NamedTuple

from mockserver import __version__
from mockserver.engine.state.totals import Histogram
from mockserver.web.dependencies import Dependencies

NONE: Final = "none"
"""The value of a label for a request without it: a path of no provider, a connection broken off."""

UNBOUNDED: Final = "+Inf"


class Sample(NamedTuple):
    """A value with its labels, in the order of those of its metric.

    That of a histogram is the sum of what it has counted, and it has `buckets`: pairs of an upper
    bound and how many values are not above that.
    """

    value: float
    labels: tuple[str, ...] = ()
    buckets: tuple[tuple[str, float], ...] = ()


Samples = Iterator[Sample]


class Metric(NamedTuple):
    """A metric: its `kind` is counter, gauge or histogram, `description` says what it counts."""

    name: str
    kind: str
    description: str
    read: Callable[[Dependencies], Samples]
    labels: tuple[str, ...] = ()


def _read_version(_: Dependencies) -> Samples:
    yield Sample(1, (__version__,))


def _read_uptime(dependencies: Dependencies) -> Samples:
    yield Sample(dependencies.sandboxes.uptime())


def _read_sandboxes(dependencies: Dependencies) -> Samples:
    yield Sample(sum(1 for _ in dependencies.sandboxes))


def _read_live_calls(dependencies: Dependencies) -> Samples:
    live: Counter[str] = Counter(
        dict.fromkeys(dependencies.sandboxes.initial_setup[0].providers, 0)
    )
    for sandbox in dependencies.sandboxes:
        for (provider, _), call_ids in sandbox.state.calls.live_ids.items():
            live[provider] += len(call_ids)
    return (Sample(count, (provider,)) for provider, count in live.items())


def _read_placed_calls(dependencies: Dependencies) -> Samples:
    return (Sample(count, key) for key, count in dependencies.sandboxes.totals.placed.items())


def _read_ended_calls(dependencies: Dependencies) -> Samples:
    for (provider, outcome), count in dependencies.sandboxes.totals.ended.items():
        yield Sample(count, (provider, outcome or NONE))


def _read_requests(dependencies: Dependencies) -> Samples:
    counts: Counter[tuple[str, ...]] = Counter()
    for key, count in dependencies.sandboxes.totals.requests.items():
        provider, operation, status, _ = key
        counts[provider or NONE, operation or NONE, str(status or NONE)] += count
    return (Sample(count, labels) for labels, count in counts.items() if count)


def _read_faults(dependencies: Dependencies) -> Samples:
    counts: Counter[tuple[str, ...]] = Counter()
    for (provider, _, _, fault), count in dependencies.sandboxes.totals.requests.items():
        if fault:
            counts[provider, fault] += count
    return (Sample(count, labels) for labels, count in counts.items() if count)


def _read_rejections(dependencies: Dependencies) -> Samples:
    return (Sample(count, (kind,)) for kind, count in dependencies.rejections.items())


def _read_attempts(dependencies: Dependencies) -> Samples:
    counts: Counter[tuple[str, ...]] = Counter()
    for (provider, result, simulated), count in dependencies.sandboxes.totals.attempts.items():
        name = f"{result // 100}xx" if isinstance(result, int) else str(result)
        counts[provider, name, str(simulated).lower()] += count
    return (Sample(count, labels) for labels, count in counts.items())


def _read_durations(dependencies: Dependencies) -> Samples:
    for provider, durations in dependencies.sandboxes.totals.durations.items():
        yield _fill_buckets(durations, 1_000, (provider,))


def _read_lag(dependencies: Dependencies) -> Samples:
    yield _fill_buckets(dependencies.sandboxes.lag)


def _read_deliveries(dependencies: Dependencies) -> Samples:
    deliveries = (sandbox.scheduler.deliveries for sandbox in dependencies.sandboxes)
    yield Sample(sum(len(each.tasks) for each in deliveries))


def _read_entries(dependencies: Dependencies) -> Samples:
    yield Sample(sum(len(sandbox.state.journal.entries) for sandbox in dependencies.sandboxes))


def _read_errors(dependencies: Dependencies) -> Samples:
    yield Sample(dependencies.sandboxes.totals.errors)


def _fill_buckets(
    histogram: Histogram, per_second: float = 1, labels: tuple[str, ...] = ()
) -> Sample:
    """Add up the counts of a histogram, whose values become seconds."""
    bounds = (*(f"{bound / per_second:g}" for bound in histogram.bounds), UNBOUNDED)
    buckets = tuple(zip(bounds, accumulate(histogram.counts), strict=True))
    return Sample(histogram.total / per_second, labels, buckets)


METRICS: Final = (
    Metric(
        "mockserver_build_info",
        "gauge",
        "The version of the server; the value is always 1.",
        _read_version,
        ("version",),
    ),
    Metric("mockserver_uptime_seconds", "gauge", "Seconds since the server started.", _read_uptime),
    Metric("mockserver_sandboxes", "gauge", "Sandboxes that exist.", _read_sandboxes),
    Metric(
        "mockserver_calls_placed_total",
        "counter",
        "Calls that requests have placed.",
        _read_placed_calls,
        ("provider", "operation"),
    ),
    Metric(
        "mockserver_calls_ended_total",
        "counter",
        "Calls that have ended, by the outcome of their last attempt.",
        _read_ended_calls,
        ("provider", "outcome"),
    ),
    Metric(
        "mockserver_live_calls",
        "gauge",
        "Calls that have not ended.",
        _read_live_calls,
        ("provider",),
    ),
    Metric(
        "mockserver_requests_total",
        "counter",
        "Requests to the vendors' APIs, by the status of the response.",
        _read_requests,
        ("provider", "operation", "status"),
    ),
    Metric(
        "mockserver_faults_total",
        "counter",
        "Requests that were refused as the vendor refuses them, by its fault.",
        _read_faults,
        ("provider", "fault"),
    ),
    Metric(
        "mockserver_rejections_total",
        "counter",
        "Requests and connections that the mock server itself refused, by the kind of problem.",
        _read_rejections,
        ("kind",),
    ),
    Metric(
        "mockserver_webhook_attempts_total",
        "counter",
        "Attempts to deliver a webhook, by the class of the status or the error.",
        _read_attempts,
        ("provider", "result", "simulated"),
    ),
    Metric(
        "mockserver_webhook_attempt_duration_seconds",
        "histogram",
        "How long real attempts to deliver a webhook took.",
        _read_durations,
        ("provider",),
    ),
    Metric(
        "mockserver_deliveries_under_way",
        "gauge",
        "Webhooks that are being delivered now.",
        _read_deliveries,
    ),
    Metric(
        "mockserver_scheduler_lag_seconds",
        "histogram",
        "How late the simulation was, in real seconds, where time flows.",
        _read_lag,
    ),
    Metric(
        "mockserver_journal_entries",
        "gauge",
        "Entries that the journals of all sandboxes keep.",
        _read_entries,
    ),
    Metric(
        "mockserver_internal_errors_total",
        "counter",
        "Errors of the mock server itself.",
        _read_errors,
    ),
)
