"""What a scenario says can take effect where it can play, or is a problem at its position."""

from pathlib import Path

import pytest

from mockserver.config.registry import load_providers
from mockserver.core.http import Request
from mockserver.core.provider import Endpoint
from mockserver.core.rulebook import RequestContext
from tests.support.vendor_files import check_files

FILES = sorted((Path(__file__).parent / "broken_vendors").glob("*.yaml"))
PREFIX = "# expect: "
PROVIDERS = load_providers()
ENDPOINTS = [
    pytest.param(bound.provider.name, endpoint, id=f"{bound.provider.name} {endpoint.operation}")
    for bound in PROVIDERS.values()
    for endpoint in bound.provider.endpoints
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_of_all_vendors_has_exactly_the_problems_it_declares(file: Path) -> None:
    lines = file.read_text("utf-8").splitlines()
    expected = [line.removeprefix(PREFIX) for line in lines if PREFIX in line]
    assert expected
    assert check_files(file) == expected


def test_the_files_of_all_vendors_declare_at_least_40_problems() -> None:
    assert sum(file.read_text("utf-8").count(PREFIX) for file in FILES) >= 40


PLAYABLE = [
    "legs: {agent: busy}",
    "legs: {a: busy, from: answered}",
    "legs: {callee: busy, to: answered}",
    "legs: {a: {hangup: 3s, press: [{after: 2s, digits: '1'}, {after: 1s, digits: '2'}]}}",
    "legs: {a: {hangup: 3s, talk: 2s}}",
    "legs: {a: {hangup: 3s..9s, press: [{after: 8s, digits: '1'}]}}",
    "needs: {provider: mobtexting}, legs: {from: busy, to: busy}",
    "needs: {provider: mobtexting}, legs: {callee: busy, to: answered}",
    "match: {account: not-described-yet}, legs: {agent: busy}",
    "match: {from: '91*'}, legs: {to: busy}",
    "match: {manager: '*'}, legs: {manager: busy}",
    "refuse: checksum-repeated",
    "needs: {provider: innocalls, operation: call-status}, refuse: teapot",
    "webhooks: {any: {reorder: true}, get-digits: {reorder: true}}",
    "webhooks: {any: {corrupt: garbage}}",
    "webhooks: {action: {drop: 3}, status: {before_reply: true}}",
    "webhooks: {report: {drop: all}, completed: {before_reply: true}}",
    "legs: {callee: busy}, webhooks: {completed: {before_reply: true}}",
    "legs: {a: {ring: 0s, then: busy}}, webhooks: {completed: {before_reply: true}}",
    "needs: {provider: mobtexting}, attempts: [no-answer, answered]",
    "needs: {provider: effebot}, attempts: [no-answer]",
    "needs: {provider: ccai}, numbers: [ccai-ignores, answered]",
    "needs: {provider: ccai, operation: create-outbound}, numbers: [ccai-stays, ccai-ignores]",
    (
        "needs: {provider: ccai, operation: create-outbound}, numbers: [{steps: "
        "[{after: 9s, act: transfer, agent: allen@somedomain.com}]}, ccai-ignores, answered]"
    ),
    "needs: {provider: phonon}, use: phonon-reattempt",
    "needs: {provider: phonon, leg: b}, choose: [{weight: 1, use: second-leg-no-answer}]",
]


@pytest.mark.parametrize("words", PLAYABLE)
def test_words_that_can_take_effect_somewhere_are_no_problem(tmp_path: Path, words: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"scenarios: {{mine: {{{words}}}}}", "utf-8")
    assert check_files(file) == []


def test_a_scenario_that_uses_a_broken_one_has_no_problem_because_of_it(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("scenarios: {x: {use: y}, y: {legs: {a: bsy}}}", "utf-8")
    assert check_files(file) == ["1:40: 'bsy' is not a behavior: did you mean 'busy'?"]


@pytest.mark.parametrize(("provider", "endpoint"), ENDPOINTS)
def test_the_example_requests_place_calls_of_the_declared_flows(
    provider: str, endpoint: Endpoint
) -> None:
    examples = PROVIDERS[provider].examples(endpoint.operation)
    placed = {
        planned.flow
        for example in examples
        for planned in endpoint.planned_calls(
            RequestContext(
                request=Request(method=endpoint.method, path=endpoint.path, fields=example), now=0
            )
        )
    }
    assert placed <= set(endpoint.calls.flows)
    assert bool(placed) == bool(endpoint.calls.flows)


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_operations_declare_all_webhooks_of_their_provider(name: str) -> None:
    provider = PROVIDERS[name].provider
    calls = [endpoint.calls for endpoint in provider.endpoints]
    assert {kind for possible in calls for kind in possible.webhooks} == set(provider.webhooks)
    assert all(set(possible.final_webhooks) <= set(possible.webhooks) for possible in calls)
