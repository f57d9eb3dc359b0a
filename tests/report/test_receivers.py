"""The report of a run, receiver by receiver."""

from typing import Any

import pytest

from mockserver.core.account import Retry
from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryAttempt, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.report.latency import Latency
from mockserver.report.receivers import (
    ReceiverReport,
    Source,
    receiver_url,
    report_receivers,
    take_source,
)
from tests.support import read
from tests.support.builders import build_delivery, build_webhook
from tests.support.simulation import START

KEY = ("mobtexting", "mobtexting-default")


def build_source(configuration: Configuration, *deliveries: Delivery) -> Source:
    return take_source(SandboxState(configuration, START))._replace(deliveries=deliveries)


def build_sent(name: str, url: str, *results: DeliveryResult, **more: Any) -> Delivery:
    attempts = tuple(
        DeliveryAttempt(number=number, at=0, result=result)
        for number, result in enumerate(results, 1)
    )
    webhook = build_webhook(url=url)
    return build_delivery(id=name, webhook=webhook, attempts=attempts, **more)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://app.test/report", "http://app.test/report"),
        ("http://app.test/report?id=7&x=?", "http://app.test/report"),
        ("http://app.test/report#top?x", "http://app.test/report"),
        ("{origin}/_mock/receive/x", "{origin}/_mock/receive/x"),
    ],
)
def test_a_receiver_is_a_url_without_its_query(url: str, expected: str) -> None:
    assert receiver_url(url) == expected


def test_a_run_without_webhooks_has_no_receivers(configuration: Configuration) -> None:
    assert report_receivers(build_source(configuration)) == ()


def test_a_report_counts_what_a_receiver_did(configuration: Configuration) -> None:
    url = "http://app.test/report"
    deliveries = (
        build_sent(
            "w1",
            f"{url}?id=1",
            DeliveryResult(status=500, duration_ms=9),
            DeliveryResult(status=None, error="timeout", duration_ms=10_000),
            DeliveryResult(status=200, duration_ms=3),
            state="delivered",
        ),
        build_sent("w2", url, DeliveryResult(status=500, simulated=True), state="failed"),
        build_sent("w3", url, state="pending"),
    )
    assert report_receivers(build_source(configuration, *deliveries)) == (
        ReceiverReport(
            url=url,
            kinds=("completed",),
            states={"delivered": 1, "failed": 1, "pending": 1},
            attempts=3,
            unasked=1,
            statuses={500: 1, 200: 1},
            errors={"timeout": 1},
            failures=2,
            failed_webhooks={"500": ("w1",), "timeout": ("w1",)},
            latency=Latency(p50=3, p99=9),
            differing_copies=(),
            follow_ups=(),
        ),
    )


def test_receivers_come_in_the_order_of_their_first_webhooks(configuration: Configuration) -> None:
    urls = ("http://b.test/", "http://a.test/", "http://b.test/?x=1")
    deliveries = (build_sent(f"w{number}", url) for number, url in enumerate(urls, 1))
    reports = report_receivers(build_source(configuration, *deliveries))
    assert [each.url for each in reports] == ["http://b.test/", "http://a.test/"]


@pytest.mark.parametrize(("satisfied_by", "failures"), [(None, 1), ({204}, 0)])
def test_an_account_decides_which_statuses_are_failures(
    state: SandboxState, satisfied_by: set[int] | None, failures: int
) -> None:
    account = read.accounts(state)[KEY]
    retry = None if satisfied_by is None else Retry(waits=(), satisfied_by=frozenset(satisfied_by))
    sent = build_sent("w1", "http://app.test/", DeliveryResult(status=204))
    source = take_source(state)._replace(
        deliveries=(sent,), accounts={KEY: account.replace(retry=retry)}
    )
    assert [each.failures for each in report_receivers(source)] == [failures]
