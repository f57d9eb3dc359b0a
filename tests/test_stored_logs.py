"""The logs of conformance, simulation and control API have the stored digests.

`python -m tests.test_stored_logs` writes the digests again; the difference of
`tests/golden/logs.json` then shows an intended change.
"""

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from mockserver.compiler import build_configuration
from mockserver.core.configuration import Configuration
from mockserver.settings import parse_settings
from mockserver.web.views.journal_export import export_lines
from tests.simulation.runner import Run
from tests.support.conformance import load_pages, replay_example
from tests.support.simulation import CLICK_TO_CALL_PATH
from tests.support.site import HEADERS
from tests.support.site_client import build_site_client

GOLDEN = Path(__file__).parent / "golden" / "logs.json"
BLOCK = 50
SEEDS = range(0, 1_000, BLOCK)


def digest(texts: Iterator[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]


def without_boundary(texts: Iterable[str]) -> Iterator[str]:
    """Replace the boundary of a form, which the client draws."""
    for text in texts:
        drawn = re.search(r"boundary=([0-9a-f]{32})", text)
        yield text.replace(drawn[1], "drawn") if drawn else text


def conformance_digests(name: str) -> dict[str, str]:
    """Return the digest of the journal that each example leaves, by its number."""
    page = load_pages()[name]
    return {
        str(number): digest(
            without_boundary(
                export_lines(asyncio.run(replay_example(page, example)).sandbox.state, ())
            )
        )
        for number, example in page.examples.items()
        if "request" in example
    }


def simulation_digest(configuration: Configuration, first: int) -> str:
    return digest(Run(configuration, seed).play().digest for seed in range(first, first + BLOCK))


READ_PATHS = (
    *(f"/_mock/{noun}" for noun in ("providers", "calls", "requests", "webhooks", "journal")),
    *(f"/_mock/{noun}" for noun in ("scenarios", "activations", "openapi.json", "clock")),
    *(f"/_mock/timeline?format={form}" for form in ("text", "mermaid")),
    *(f"/_mock/accounts/{name}" for name in ("ccai", "effebot", "innocalls", "mobtexting")),
    *(f"/_mock/explain/r{number}" for number in (1, 2, 3, 20, 40, 60)),
    "/_mock/journal?format=jsonl",
)
"""What is read after every documented request has been sent."""


def control_responses(configuration: Configuration) -> dict[str, str]:
    """Send every documented example under several scenarios and return what is read then."""
    site = build_site_client(configuration)
    scenarios = ("", "callee-busy", "third-time-lucky", "doubled-report", "report-before-reply")
    basic_credential = base64.b64encode(b"acme:secret-token").decode()
    site.request("POST", CLICK_TO_CALL_PATH, content=b"{", headers=HEADERS)
    site.request("GET", "/nobody/has/this")
    for name, bound in configuration.providers.items():
        for number, endpoint in enumerate(bound.provider.endpoints):
            path = f"/{name}/{endpoint.host.replace('*', 'acme')}{endpoint.path}"
            for example_number, example in enumerate((*bound.examples(endpoint.operation), {})):
                scenario = scenarios[(number + example_number) % len(scenarios)]
                scheme = f"Basic {basic_credential}" if name == "ccai" else "Bearer secret-token"
                headers = {"authorization": scheme} | (
                    {"x-mock-scenario": scenario} if scenario else {}
                )
                content = (
                    {"params": example} if endpoint.method == "GET" else {"json": dict(example)}
                )
                url_path = re.sub(r"\{\w+\}", "1", path)
                site.request(endpoint.method, url_path, headers=headers, **content)
            site.advance(by=90)
    site.request("POST", "/_mock/activations", json={"scenario": "no-answer", "times": 2})
    site.click_to_call()
    site.click_to_call("waits-for-a-person")
    site.advance(until="idle")
    site.request("POST", "/_mock/webhooks/w1/redeliver")
    texts = {path: site.request("GET", path).text for path in READ_PATHS}
    return {path: re.sub(r'"duration_ms":[0-9.]+', "", text) for path, text in texts.items()}


def compute_digests() -> dict[str, object]:
    configuration = build_configuration(parse_settings({"seed": "simulation"}, {}))
    return {
        "conformance": {name: conformance_digests(name) for name in sorted(load_pages())},
        "simulation": {str(first): simulation_digest(configuration, first) for first in SEEDS},
        "control": {
            path: digest(iter((text,))) for path, text in control_responses(configuration).items()
        },
    }


STORED = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}


@pytest.mark.parametrize("name", sorted(load_pages()))
def test_the_journals_of_the_conformance_examples_are_as_stored(name: str) -> None:
    assert conformance_digests(name) == STORED["conformance"][name]


@pytest.mark.parametrize("first", SEEDS)
def test_the_logs_of_the_simulation_are_as_stored(first: int) -> None:
    configuration = build_configuration(parse_settings({"seed": "simulation"}, {}))
    assert simulation_digest(configuration, first) == STORED["simulation"][str(first)]


@pytest.mark.parametrize("path", READ_PATHS)
def test_the_control_api_responds_as_stored(path: str) -> None:
    text = control_responses(build_configuration(parse_settings({"seed": "simulation"}, {})))[path]
    assert digest(iter((text,))) == STORED["control"][path]


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(compute_digests(), indent=1) + "\n", "utf-8")
