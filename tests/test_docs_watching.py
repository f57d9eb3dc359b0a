"""The page about watching a server is true: its tables are full, its examples are read."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from mockserver.core.webhook import ERROR_REASONS
from mockserver.web.app import PROBES
from mockserver.web.control.app import build_routes
from mockserver.web.control.unknown_routes import CONTROL_PREFIX
from mockserver.web.server.uvicorn_server import SHUTDOWN_GRACE
from mockserver.web.views.metrics import METRICS

PAGE = (Path(__file__).parent.parent / "docs" / "server" / "watching.md").read_text("utf-8")
ROW = re.compile(r"^\| `(mockserver_\w+)` \| (\w+) \| (.*) \| (.*) \|$", re.MULTILINE)


def read_example(name: str) -> Mapping[str, Any]:
    [text] = re.findall(rf"```yaml {name}\n(.*?)```", PAGE, re.DOTALL)
    return dict(yaml.safe_load(text))


def test_the_table_has_every_metric_with_its_type_labels_and_description() -> None:
    assert ROW.findall(PAGE) == [
        (
            metric.name,
            metric.kind,
            ", ".join(f"`{label}`" for label in metric.labels) or "-",
            metric.description.removesuffix("."),
        )
        for metric in METRICS
    ]


def test_the_page_names_every_error_that_can_be_a_result() -> None:
    sentence = PAGE.partition("one of the errors of an attempt: ")[2].partition(".\n")[0]
    assert set(re.findall(r"`([a-z-]+)`", sentence)) == set(ERROR_REASONS)


def test_the_examples_ask_for_routes_that_exist() -> None:
    probes, scrape = read_example("probes"), read_example("scrape")
    paths = {
        *(probe["httpGet"]["path"] for probe in probes.values()),
        *(job["metrics_path"] for job in scrape["scrape_configs"]),
    }
    routes = {f"{CONTROL_PREFIX}{route.path}" for route in build_routes()}
    assert paths == {*PROBES, "/_mock/metrics"}
    assert paths <= routes


def test_the_page_says_how_long_a_server_waits_for_open_requests() -> None:
    assert SHUTDOWN_GRACE == 2
    assert "waits up to two seconds" in PAGE
