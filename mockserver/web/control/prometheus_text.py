"""Writes metrics with prometheus-client, which an extra installs: import this where it is needed.

Each text has a registry of its own, so that servers in one process do not affect each other.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from mockserver.web.dependencies import Dependencies
from mockserver.web.views.metrics import METRICS, Metric, Samples


class ServerCollector(Collector):
    """Reads the metrics of one server whenever they are collected."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    def collect(self) -> Iterator[Family]:
        return (_build_family(metric, self._dependencies) for metric in METRICS)


def render_metrics(dependencies: Dependencies) -> tuple[bytes, str]:
    """Return the metrics of the server and of its process, with their media type."""
    registry = CollectorRegistry()
    registry.register(ServerCollector(dependencies))
    ProcessCollector(registry=registry)
    encode, media_type = choose_encoder("")  # the format that every version of Prometheus reads
    return encode(registry), media_type


def _build_family(metric: Metric, dependencies: Dependencies) -> Family:
    return FAMILIES[metric.kind](metric, metric.read(dependencies))


def _build_counter(metric: Metric, samples: Samples) -> Family:
    family = CounterMetricFamily(metric.name, metric.description, labels=metric.labels)
    for sample in samples:
        family.add_metric(sample.labels, sample.value)
    return family


def _build_gauge(metric: Metric, samples: Samples) -> Family:
    family = GaugeMetricFamily(metric.name, metric.description, labels=metric.labels)
    for sample in samples:
        family.add_metric(sample.labels, sample.value)
    return family


def _build_histogram(metric: Metric, samples: Samples) -> Family:
    family = HistogramMetricFamily(metric.name, metric.description, labels=metric.labels)
    for sample in samples:
        family.add_metric(sample.labels, sample.buckets, sample.value)
    return family


FAMILIES: Final[Mapping[str, Callable[[Metric, Samples], Family]]] = MappingProxyType(
    {"counter": _build_counter, "gauge": _build_gauge, "histogram": _build_histogram}
)
"""Kind of a metric -> what builds its family."""
