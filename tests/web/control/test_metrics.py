"""The metrics count what the whole server has done, as Prometheus reads them."""

import asyncio
import re
import sys
from collections.abc import Mapping

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mockserver import __version__
from mockserver.app import run_server
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.settings import parse_settings
from mockserver.web.views.metrics import METRICS
from tests.support.dispatchers import never_respond
from tests.support.edge_site import EdgeSite
from tests.support.fetch import fetch_bytes
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import build_client, read_problem

CONVENTION = re.compile(r"mockserver_[a-z]+(_[a-z]+)*")
PHONE_NUMBER = re.compile(r"\d{7}")
LABELS = (
    *("version", "le", "provider", "operation", "outcome", "status", "fault", "kind", "result"),
    "simulated",
)
"""All labels there are, in the order in which `parse_metrics` shows their values."""

Values = dict[str, float]
"""Name and values of the labels -> value, such as `mockserver_live_calls mobtexting` -> 1."""


def parse_metrics(text: str) -> Values:
    """Parse the metrics, without those of the process."""
    samples = (sample for each in text_string_to_metric_families(text) for sample in each.samples)
    return {
        " ".join([sample.name.removeprefix("mockserver_"), *ordered_values(sample.labels)]): (
            sample.value
        )
        for sample in samples
        if sample.name.startswith("mockserver_")
    }


def ordered_values(labels: Mapping[str, str]) -> list[str]:
    return [labels[name] for name in sorted(labels, key=LABELS.index)]


def read_metrics(edge: EdgeSite, name: str = "", path: str = "/_mock/metrics") -> Values:
    """Read the metrics of this name; a bucket is one of its own."""
    response = edge.request("GET", path)
    assert response.status_code == 200, response.text
    values = parse_metrics(response.text)
    return {key: value for key, value in values.items() if key.split()[0].startswith(name)}


def test_a_new_server_has_counted_nothing(edge: EdgeSite) -> None:
    values = read_metrics(edge)
    assert values.pop(f"build_info {__version__}") == 1
    assert values.pop("uptime_seconds") > 0
    assert values.pop("sandboxes") == 1
    assert set(values.values()) == {0}


def test_requests_count_by_provider_operation_and_status(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.click_to_call()
    edge.click_to_call(to="nobody")
    edge.click_to_call("no-such-scenario")
    edge.request("GET", "/nothing")
    assert read_metrics(edge, "requests_total") == {
        "requests_total mobtexting c2c 200": 2,
        "requests_total mobtexting c2c 422": 2,
        "requests_total none none 404": 1,
    }
    assert read_metrics(edge, "faults_total") == {"faults_total mobtexting to-malformed": 1}
    assert read_metrics(edge, "rejections_total") == {
        "rejections_total unknown-scenario": 1,
        "rejections_total unknown-path": 1,
    }


def test_a_broken_connection_has_no_status(edge: EdgeSite) -> None:
    edge.request("PUT", "/_mock/scenarios/mine", json={"responses": [{"break": "empty"}]})
    edge.click_to_call("mine")
    assert read_metrics(edge, "requests_total") == {"requests_total mobtexting c2c none": 1}


def test_calls_count_by_outcome_and_live_ones_by_provider(edge: EdgeSite) -> None:
    edge.click_to_call("callee-busy")
    edge.click_to_call()
    edge.advance()
    edge.click_to_call()
    values = read_metrics(edge)
    assert {key: values[key] for key in values if "calls" in key and values[key]} == {
        "calls_placed_total mobtexting c2c": 3,
        "calls_ended_total mobtexting busy": 1,
        "calls_ended_total mobtexting completed": 1,
        "live_calls mobtexting": 1,
    }
    assert [key for key in values if key.startswith("live_calls")] == [
        f"live_calls {name}" for name in sorted(edge.default.state.configuration.providers)
    ]


@pytest.mark.parametrize(
    ("result", "name"),
    [
        (DeliveryResult(status=204, duration_ms=30), "2xx"),
        (DeliveryResult(status=302, duration_ms=30), "3xx"),
        (DeliveryResult(status=404, duration_ms=30), "4xx"),
        (DeliveryResult(status=599, duration_ms=30), "5xx"),
        (DeliveryResult(status=None, error="timeout", duration_ms=30), "timeout"),
        (DeliveryResult(status=None, error="connect", duration_ms=30), "connect"),
    ],
)
def test_attempts_count_by_the_class_of_their_result(
    edge: EdgeSite, result: DeliveryResult, name: str
) -> None:
    async def receive(_: Delivery) -> DeliveryResult:
        return result

    edge.dispatcher.receive = receive
    edge.click_to_call()
    edge.advance()
    attempts = read_metrics(edge, "webhook_attempts_total")
    assert [*attempts] == [f"webhook_attempts_total mobtexting {name} false"]
    durations = read_metrics(edge, "webhook_attempt_duration_seconds")
    count = sum(attempts.values())
    assert durations["webhook_attempt_duration_seconds_count mobtexting"] == count
    assert durations["webhook_attempt_duration_seconds_sum mobtexting"] == pytest.approx(
        0.03 * count
    )
    assert durations["webhook_attempt_duration_seconds_bucket 0.025 mobtexting"] == 0
    assert durations["webhook_attempt_duration_seconds_bucket 0.05 mobtexting"] == count
    assert durations["webhook_attempt_duration_seconds_bucket +Inf mobtexting"] == count


def test_a_simulated_attempt_says_so_and_has_no_duration(edge: EdgeSite) -> None:
    edge.request("PUT", "/_mock/scenarios/mine", json={"webhooks": {"any": {"attempts": [503]}}})
    edge.click_to_call("mine")
    edge.advance()
    assert read_metrics(edge, "webhook_attempt") == {
        "webhook_attempts_total mobtexting 5xx true": 1
    }


def test_counters_keep_what_a_reset_or_the_end_of_a_sandbox_forgets(edge: EdgeSite) -> None:
    for path in ("", "/_sandbox/t1"):
        edge.click_to_call(path=f"{path}{CLICK_TO_CALL_PATH}")
        edge.advance(path)
    edge.registry.get_or_create("t1").scheduler.record_error(ValueError("ours"))
    counters = [metric.name.removeprefix("mockserver_") for metric in METRICS]
    before = {
        key: value
        for key, value in read_metrics(edge).items()
        if key.split()[0] in counters and "total" in key
    }
    assert before["calls_ended_total mobtexting completed"] == 2
    assert before["internal_errors_total"] == 1
    edge.request("POST", "/_mock/reset")
    edge.request("DELETE", "/_mock/sandboxes/t1")
    after = read_metrics(edge)
    assert {key: after[key] for key in before} == before
    assert (after["sandboxes"], after["journal_entries"]) == (1, 0)


def test_a_fork_adds_nothing_that_has_not_happened(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.advance()
    before = read_metrics(edge, "calls") | read_metrics(edge, "requests")
    edge.request("PUT", "/_mock/sandboxes/t1", json={"from": "default"})
    assert read_metrics(edge, "calls") | read_metrics(edge, "requests") == before
    edge.click_to_call(path=f"/_sandbox/t1{CLICK_TO_CALL_PATH}")
    assert read_metrics(edge, "calls_placed") == {"calls_placed_total mobtexting c2c": 2}
    assert read_metrics(edge)["live_calls mobtexting"] == 1


def test_the_metrics_of_a_sandbox_are_those_of_the_server(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.registry.get_or_create("t1")
    values = read_metrics(edge, path="/_sandbox/t1/_mock/metrics")
    assert (values["sandboxes"], values["calls_placed_total mobtexting c2c"]) == (2, 1)


def test_a_delivery_without_a_result_is_under_way(edge: EdgeSite) -> None:
    async def run() -> Values:
        advance = asyncio.create_task(edge.default.scheduler.advance(None))
        await edge.dispatcher.wait_for_deliveries(1)
        async with build_client(edge.app) as client:
            text = (await client.get("/_mock/metrics")).text
        await edge.default.scheduler.stop()
        await advance
        return parse_metrics(text)

    edge.dispatcher.receive = never_respond
    edge.click_to_call()
    assert asyncio.run(run())["deliveries_under_way"] == 1


def test_no_label_has_what_a_client_has_written(edge: EdgeSite) -> None:
    edge.registry.get_or_create("top-secret-sandbox")
    for path in ("", "/_sandbox/top-secret-sandbox"):
        edge.click_to_call(path=f"{path}{CLICK_TO_CALL_PATH}")
        edge.request("POST", f"{path}/top-secret-path", headers={"authorization": "top-secret"})
        edge.advance(path)
    text = edge.request("GET", "/_mock/metrics").text
    families = [*text_string_to_metric_families(text)]
    samples = [sample for family in families for sample in family.samples]
    values = [value for sample in samples for value in sample.labels.values()]
    assert {name for sample in samples for name in sample.labels} <= {*LABELS}
    assert not [value for value in values if "secret" in value or PHONE_NUMBER.search(value)]


def test_names_follow_the_conventions_and_each_metric_has_a_description() -> None:
    assert [metric.name for metric in METRICS if not CONVENTION.fullmatch(metric.name)] == []
    for metric in METRICS:
        assert (metric.kind == "counter") == metric.name.endswith("_total")
        assert (metric.kind == "histogram") == metric.name.endswith("_seconds") or (
            metric.name == "mockserver_uptime_seconds"
        )
        assert metric.description.endswith(".")


def test_the_metrics_of_the_process_are_there_under_their_usual_names(edge: EdgeSite) -> None:
    response = edge.request("GET", "/_mock/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert ("process_cpu_seconds_total" in response.text) == (sys.platform == "linux")


def test_without_the_package_a_problem_says_what_to_install(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    monkeypatch.delitem(sys.modules, "mockserver.web.control.prometheus_text", raising=False)
    assert read_problem(edge.request("GET", "/_mock/metrics")) == (
        503,
        "missing-package",
        (
            "metrics are written with prometheus-client, which is not installed: "
            "pip install 'call-mockserver[metrics]'"
        ),
    )


def test_two_servers_in_one_process_count_apart() -> None:
    settings = parse_settings({"port": "0", "quiet": True, "clock": "manual"}, {})
    with run_server(settings) as first, run_server(settings) as second:
        fetch_bytes(f"{first}{CLICK_TO_CALL_PATH}", dict(CLICK_TO_CALL))
        values = [
            parse_metrics(fetch_bytes(f"{origin}/_mock/metrics").decode())
            for origin in (first, second)
        ]
    assert [each.get("calls_placed_total mobtexting c2c") for each in values] == [1, None]
