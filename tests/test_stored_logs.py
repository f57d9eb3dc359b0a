"""What was said once is said again: digests of the logs of conformance, simulation and control.

`python -m tests.test_stored_logs` writes them anew; a change that is meant is then seen in the
difference of `tests/golden/logs.json`.
"""

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from mockserver.compiler import build_configuration as built
from mockserver.core.configuration import Configuration
from mockserver.settings import parse_settings
from mockserver.web.views.journal_export import export_lines
from tests.simulation.runner import Run
from tests.support.conformance import load_pages, replay_example
from tests.support.site_client import CLICK_TO_CALL_PATH, HEADERS, build_site_client

GOLDEN = Path(__file__).parent / "golden" / "logs.json"
BLOCK = 50
SEEDS = range(0, 1_000, BLOCK)


def digest(texts: Iterator[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]


def unbounded(texts: Iterable[str]) -> Iterator[str]:
    """Without the boundary of a form, which the client draws."""
    for text in texts:
        drawn = re.search(r"boundary=([0-9a-f]{32})", text)
        yield text.replace(drawn[1], "drawn") if drawn else text


def conformance(name: str) -> dict[str, str]:
    """Number of an example -> the digest of the journal that its replay leaves."""
    page = load_pages()[name]
    return {
        str(number): digest(
            unbounded(export_lines(asyncio.run(replay_example(page, example)).sandbox.state, ()))
        )
        for number, example in page.examples.items()
        if "request" in example
    }


def simulated(start: Configuration, first: int) -> str:
    return digest(Run(start, seed).play().digest for seed in range(first, first + BLOCK))


JOURNEY = (
    *(f"/_mock/{noun}" for noun in ("providers", "calls", "requests", "webhooks", "journal")),
    *(f"/_mock/{noun}" for noun in ("scenarios", "activations", "openapi.json", "clock")),
    *(f"/_mock/timeline?format={form}" for form in ("text", "mermaid")),
    *(f"/_mock/accounts/{name}" for name in ("ccai", "effebot", "innocalls", "mobtexting")),
    *(f"/_mock/explain/r{number}" for number in (1, 2, 3, 20, 40, 60)),
    "/_mock/journal?format=jsonl",
)
"""What is read once every vendor has been asked all that its document shows."""


def journey(start: Configuration) -> dict[str, str]:
    """Every example of every document, in turn under several scenarios; then what is read of it."""
    site = build_site_client(start)
    stories = ("", "callee-busy", "third-time-lucky", "doubled-report", "report-before-reply")
    pair = base64.b64encode(b"acme:secret-token").decode()
    site.request("POST", CLICK_TO_CALL_PATH, content=b"{", headers=HEADERS)
    site.request("GET", "/nobody/has/this")
    for name, listing in start.providers.items():
        for number, endpoint in enumerate(listing.provider.endpoints):
            path = f"/{name}/{endpoint.host.replace('*', 'acme')}{endpoint.path}"
            for nth, example in enumerate((*listing.examples(endpoint.operation), {})):
                story = stories[(number + nth) % len(stories)]
                scheme = f"Basic {pair}" if name == "ccai" else "Bearer secret-token"
                headers = {"authorization": scheme} | ({"x-mock-scenario": story} if story else {})
                way = {"params": example} if endpoint.method == "GET" else {"json": dict(example)}
                filled = re.sub(r"\{\w+\}", "1", path)
                site.request(endpoint.method, filled, headers=headers, **way)
            site.advance(by=90)
    site.request("POST", "/_mock/activations", json={"scenario": "no-answer", "times": 2})
    site.click_to_call()
    site.click_to_call("waits-for-a-person")
    site.advance(until="idle")
    site.request("POST", "/_mock/webhooks/w1/redeliver")
    read = {path: site.request("GET", path).text for path in JOURNEY}
    return {path: re.sub(r'"duration_ms":[0-9.]+', "", text) for path, text in read.items()}


def recorded() -> dict[str, object]:
    start = built(parse_settings({"seed": "simulation"}, {}))
    return {
        "conformance": {name: conformance(name) for name in sorted(load_pages())},
        "simulation": {str(first): simulated(start, first) for first in SEEDS},
        "control": {path: digest(iter((text,))) for path, text in journey(start).items()},
    }


STORED = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}


@pytest.mark.parametrize("name", sorted(load_pages()))
def test_the_journals_of_the_conformance_examples_are_the_stored_ones(name: str) -> None:
    assert conformance(name) == STORED["conformance"][name]


@pytest.mark.parametrize("first", SEEDS)
def test_the_logs_of_the_simulation_are_the_stored_ones(first: int) -> None:
    start = built(parse_settings({"seed": "simulation"}, {}))
    assert simulated(start, first) == STORED["simulation"][str(first)]


@pytest.mark.parametrize("path", JOURNEY)
def test_the_control_api_answers_as_stored(path: str) -> None:
    text = journey(built(parse_settings({"seed": "simulation"}, {})))[path]
    assert digest(iter((text,))) == STORED["control"][path]


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(recorded(), indent=1) + "\n", "utf-8")
