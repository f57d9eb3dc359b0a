"""Section 5 of the contract: the keys of a scenario file, and each printed line by itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from mockserver.compiler import build_configuration
from mockserver.config.problems import InvalidFiles
from mockserver.config.schema_checks import load_scenario_schema
from mockserver.settings import parse_settings

KEYS: Final[Mapping[str, str]] = {
    "": "default accounts scenarios",
    "scenario": (
        "description match needs legs attempts numbers choose use steps refuse responses webhooks"
    ),
    "behavior": "ring answer then press say talk hangup",
    "press items": "after digits",
    "say items": "after words",
    "match": "provider operation account credential a b callee fields headers from until",
    "needs": "provider operation leg",
    "choice": (
        "weight description use needs legs attempts numbers choose steps refuse responses webhooks"
    ),
    "response": "refuse after break status headers body dribble",
    "scenario properties responses": "cycle",
    "span": "median p95",
    "delivery": "duplicate drop reorder after before_reply corrupt attempts",
    "delivery properties duplicate": "times spacing",
    "attempt": "status after",
    "wait": "poll press say",
    "step": "after ring answer machine hangup cause press say leg wait act then for",
    "account": (
        "provider credentials numbers webhooks retry limits balance quirks timeline generate "
        "time_zone redial_after webhook_ca"
    ),
    "account properties retry": "waits satisfied_by",
    "account properties limits": "requests per",
    "account properties timeline items": "at set",
}
"""Definition in the schema -> its keys."""

WORDS: Final[Mapping[str, list[str]]] = {
    "cause": [
        "normal", "busy", "no-answer", "rejected", "unreachable", "invalid-number",
        "network-failure",
    ],
    "delivery properties corrupt": ["truncate", "garbage"],
    "response properties break": ["reset", "empty"],
}  # fmt: skip
"""Definition in the schema -> its words. Not in the contract: `empty`."""

ACCOUNTS: Final[Mapping[str, str]] = {
    "shop": """shop:
    provider: mobtexting
    credentials: any
    numbers: ["918068281234"]
    webhooks: {any: http://localhost:3000/mt}
    retry: {waits: [60s, 300s], satisfied_by: [200, 202]}
    time_zone: Asia/Kolkata
    redial_after: 60s
    limits: {requests: 10, per: 1s}""",
    "acme": """acme:
    provider: ccai
    agents: {ann@acme.test: {state: available}, bob@acme.test: {state: offline}}
    timeline: [{at: 60s, set: {agents: {bob@acme.test: {state: available}}}}]
    generate: {contacts: 500, tickets: 300, locale: en_US}""",
    "campaigns": """campaigns:
    provider: phonon
    security_id: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    flows: {Ab12Cd34: {did: "918068281234", reattempts: 1}}
    ip_allow_list: [127.0.0.0/8]""",
}
ACCOUNTS_WITHOUT_EFFECT: Final[Mapping[str, str]] = {
    "x: {provider: ccai, time_zone: UTC}": (
        "2:23: 'time_zone' can have no effect on an account of ccai: "
        "it prints its times in UTC, and a match reads times of day in UTC"
    ),
    "x: {provider: ccai, redial_after: 60s}": (
        "2:23: 'redial_after' can have no effect on an account of ccai: it redials no call"
    ),
    "x: {provider: effebot, time_zone: UTC}": (
        "2:26: 'time_zone' can have no effect on an account of effebot: "
        "it prints Unix seconds, and a match reads times of day in UTC"
    ),
    "x: {provider: effebot, redial_after: 60s}": (
        "2:26: 'redial_after' can have no effect on an account of effebot: it redials no call"
    ),
}
"""Account with a key that its vendor has no use for -> its problem."""

SCENARIOS: Final = (
    """callee-busy:
    {description: "The callee is busy after 3 s.", legs: {callee: {ring: 3s, then: busy}}}""",
    """one-then-two:
    legs: {a: {answer: 2s..4s, press: [{after: 3s, digits: "1"}, {after: 2s, digits: "2"}]}}""",
    'says-yes:         {legs: {a: {answer: 3s, say: "yes"}}}',
    'presses-two:      {legs: {a: {answer: 3s, press: "2"}, b: busy}}',
    "third-time-lucky: {attempts: [no-answer, no-answer, answered]}",
    "second-number:    {numbers: [no-answer, answered]}",
    """rush-hour:
    choose: [{weight: 60, use: answered}, {weight: 20, use: callee-busy},
             {weight: 20, use: no-answer}]""",
    """one-in-ten-fails: {choose: [{weight: 90, use: answered}, {weight: 10, use: api-down}]}
  api-down:         {refuse: service-unavailable}""",
    "api-down:         {refuse: service-unavailable}",
    """gateway-html:
    responses: [{status: 502, headers: {content-type: text/html},
                 body: "<h1>Bad Gateway</h1>"}, pass]""",
    "every-third: {responses: {cycle: [pass, pass, {refuse: service-unavailable}]}}",
    "x: {responses: [{status: 502}, pass]}",
    "x: {responses: [{headers: {a: b}}, pass]}",
    "x: {responses: [{body: <h1>}, pass]}",
    "x: {responses: [{body: {a: [1, b]}, after: 1s, dribble: 5s}, {dribble: 1500ms}]}",
    "x: {responses: {cycle: [pass]}}",
    'outage: {match: {provider: phonon, from: "10:00", until: "10:05"}, refuse: failure}',
    'x: {match: {until: "10:05"}, refuse: failure}',
    "x: {match: {from: 2026-01-31T10:00:00Z}, refuse: failure}",
    "x: {legs: {a: {ring: {median: 3s, p95: 20s}}}}",
    """down-once:
    match: {provider: mobtexting, fields: {mid: "chaos-*"}, headers: {x-test: "7*"}}
    responses: [{refuse: service-unavailable}, {after: 3s, break: reset}, pass]
    use: callee-busy
    webhooks:
      completed: {duplicate: {times: 2, spacing: 1m}, after: 10s}""",
    "x: {use: presses-one, legs: {callee: busy}}",
    "x: {attempts: [busy, answered]}",
    "x: {attempts: [{legs: {callee: busy}}]}",
    "x: {choose: [{weight: 1, use: answered}], use: hangs-up-early}",
    "x: {steps: [{wait: {poll: 2}}]}",
    "x: {steps: [{wait: {press: a}}, {after: 5s, hangup: b, cause: normal}]}",
    "x: {steps: [{wait: {say: a}}]}",
    "x: {legs: {a: answered, b: {talk: 1m30s}}}",
    "x: {legs: {callee: {hangup: 2s..6s}}}",
    "x: {legs: {callee: {talk: until-hangup}}}",
    "x: {webhooks: {any: {drop: 1}}}",
    "x: {webhooks: {any: {drop: all}}}",
    "x: {webhooks: {any: {reorder: true}}}",
    "x: {webhooks: {any: {before_reply: true}}}",
    "x: {webhooks: {any: {corrupt: truncate}}}",
    "x: {webhooks: {any: {corrupt: garbage}}}",
    "x: {webhooks: {any: {duplicate: {times: 2}}}}",
    "x: {webhooks: {any: {duplicate: 1}}}",
    "x: {webhooks: {any: {drop: 0}}}",
    "x: {webhooks: {any: {reorder: calls}}}",
    "x: {webhooks: {any: {attempts: [500]}}}",
    "flaky-receiver:   {webhooks: {any: {attempts: [timeout, 500, deliver]}}}",
    "x: {webhooks: {any: {attempts: [reset, {status: 503, after: 3s}]}}}",
)
HELD_AND_MOVED: Final = """held-and-moved:
    needs: {provider: ccai, operation: create-inbound}
    steps:
      - {after: 90s, act: offer, agent: ann@acme.test, then: no-answer}
      - {after: 0s, act: offer, agent: bob@acme.test, then: answered}
      - {after: 30s, act: hold, for: 20s}
      - {after: 10s, act: transfer, menu: 12}
      - {wait: control}
      - {after: 5s, hangup: b, cause: normal}"""

SCENARIOS_NOT_YET: Final[Mapping[str, tuple[str, int]]] = {}
"""Scenario that is not valid yet -> (how its problem begins, the issue that brings it)."""


def problems(folder: Path, text: str) -> list[str]:
    """Check a file on top of the bundled ones; return its problems without its name."""
    file = folder / "mine.yaml"
    file.write_text(text, "utf-8")
    try:
        build_configuration(parse_settings({"seed": "seed", "scenarios": (str(file),)}, {}))
    except InvalidFiles as invalid:
        return [str(problem).removeprefix(f"{file}:") for problem in invalid.problems]
    return []


def definition(way: str) -> Any:
    schema = load_scenario_schema()
    name, *steps = way.split() or [""]
    found = schema["$defs"][name] if name else schema
    for step in steps:
        found = found[step]
    return found


@pytest.mark.parametrize("way", KEYS)
def test_a_mapping_takes_the_keys_of_the_table(way: str) -> None:
    assert " ".join(definition(way)["properties"]) == KEYS[way]


@pytest.mark.parametrize("way", WORDS)
def test_a_value_is_one_of_the_words_of_the_table(way: str) -> None:
    assert definition(way)["enum"] == WORDS[way]


@pytest.mark.parametrize("name", ACCOUNTS)
def test_an_account_of_the_sample_loads_by_itself(tmp_path: Path, name: str) -> None:
    assert problems(tmp_path, f"accounts:\n  {ACCOUNTS[name]}\n") == []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_of_the_sample_loads_by_itself(tmp_path: Path, scenario: str) -> None:
    assert problems(tmp_path, f"scenarios:\n  {scenario}\n") == []


def test_the_choreography_of_the_sample_loads_on_the_account_that_has_its_agents(
    tmp_path: Path,
) -> None:
    """Without its generated records, which make a dry run slow until issue 21."""
    account = ACCOUNTS["acme"].partition("    generate:")[0]
    text = f"accounts:\n  {account}scenarios:\n  {HELD_AND_MOVED}\n"
    assert problems(tmp_path, text) == []


@pytest.mark.parametrize("provider", ["mobtexting", "phonon", "innocalls"])
def test_a_vendor_that_redials_and_prints_local_times_takes_both_keys(
    tmp_path: Path, provider: str
) -> None:
    account = f"x: {{provider: {provider}, time_zone: Asia/Riyadh, redial_after: 1500ms}}"
    assert problems(tmp_path, f"accounts:\n  {account}\n") == []


@pytest.mark.parametrize("account", ACCOUNTS_WITHOUT_EFFECT)
def test_a_key_that_can_have_no_effect_is_refused_with_the_reason(
    tmp_path: Path, account: str
) -> None:
    assert problems(tmp_path, f"accounts:\n  {account}\n") == [ACCOUNTS_WITHOUT_EFFECT[account]]


@pytest.mark.parametrize("scenario", SCENARIOS_NOT_YET)
def test_a_scenario_of_a_later_issue_is_refused(tmp_path: Path, scenario: str) -> None:
    [problem] = problems(tmp_path, f"scenarios:\n  {scenario}\n")
    assert problem.startswith(SCENARIOS_NOT_YET[scenario][0])
