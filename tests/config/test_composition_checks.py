"""Scenarios that lead to others: which words can have an effect, and which are errors."""

import pytest

from mockserver.config.loader import load_definitions
from mockserver.config.problems import InvalidFiles
from mockserver.config.registry import bundled_folder, load_providers
from mockserver.config.source_texts import SourceText

BUNDLED = tuple(
    SourceText(file=str(path), text=path.read_bytes(), bundled=True)
    for path in sorted(bundled_folder("scenarios").glob("*.yaml"))
)
HIDDEN = "has no effect: outer words always win against it; leave out one of the two"
REPLACED = "has no effect: an outer list replaces its own; leave out one of the two"
NOT_HERE = "has no effect here: nothing that it says applies to"
MOVED = "decide this leg: leave it out here, or write all of it as steps"
MOVES_A = "s: {steps: [{after: 9s, hangup: a}]}"


def problems(*scenarios: str) -> list[str]:
    text = "\n  ".join(("scenarios:", *scenarios)).encode()
    try:
        load_definitions((*BUNDLED, SourceText(file="f", text=text)), load_providers())
    except InvalidFiles as invalid:
        return [str(problem).removeprefix("f:") for problem in invalid.problems]
    return []


@pytest.mark.parametrize(
    "scenarios",
    [
        ("x: {use: callee-busy, legs: {b: answered}}",),
        ("x: {use: callee-busy, legs: {a: answered}}",),
        ("x: {needs: {provider: mobtexting}, use: callee-busy, legs: {b: answered}}",),
        ("x: {use: doubled-report, legs: {callee: busy}}",),
        ("x: {use: doubled-report, webhooks: {report: {drop: 1}}}",),
        ("x: {attempts: [no-answer, answered], use: hangs-up-early, legs: {b: busy}}",),
        ("x: {attempts: [no-answer, {a: busy}], use: answered}",),
        ("x: {choose: [{weight: 1, use: answered}, {weight: 0, use: callee-busy}]}",),
        ("x: {choose: [{weight: 1, use: down}, {weight: 1, use: answered}], refuse: server-error}",
         "down: {refuse: server-error, legs: {a: busy}}"),
        ("x: {attempts: [busy], use: y}", "y: {attempts: [answered], webhooks: {any: {drop: 1}}}"),
        ("x: {use: s, legs: {callee: busy}}", MOVES_A),
        ("x: {use: s, steps: [{after: 1s, hangup: b}]}", "s: {legs: {a: busy}}"),
        ("x: {needs: {provider: ccai}, numbers: [ccai-agent-ignores, answered]}",),
        ('x: {match: {provider: ccai, operation: "*"}, use: ccai-agent-ignores}',),
        ('x: {match: {b: "9*"}, use: second-leg-no-answer}',),
        ('x: {match: {account: "*", fields: {a: b}}, use: answered}',),
        ("x: {needs: {provider: ccai, operation: read-call}, use: y}", "y: {refuse: server-error}"),
        ("x: {legs: {a: answered}, attempts: [no-answer, answered]}",),
        ("x: {needs: {provider: innocalls}, legs: {a: answered}, attempts: [no-answer]}",),
        ("x: {numbers: [busy, {attempts: [busy, answered]}]}",),
    ],
)  # fmt: skip
def test_scenarios_whose_words_all_can_have_an_effect_have_no_problems(
    scenarios: tuple[str, ...],
) -> None:
    assert problems(*scenarios) == []


@pytest.mark.parametrize(
    ("scenarios", "expected"),
    [
        (("x: {use: answered, legs: {callee: busy}}",), [f"2:12: 'answered' {HIDDEN}"]),
        (("x: {use: answered, legs: {a: busy, b: busy}}",), [f"2:12: 'answered' {HIDDEN}"]),
        (
            ("x: {use: y, refuse: server-error}", "y: {responses: [pass]}"),
            [f"2:12: 'y' {HIDDEN}"],
        ),
        (
            ("x: {attempts: [no-answer, busy], use: answered}",),
            [f"2:41: 'answered' {HIDDEN}"],
        ),
        (
            ("x: {choose: [{weight: 1, use: y}, {weight: 1, use: rejected}], use: answered}",
             "y: {numbers: [busy, no-answer]}"),
            [f"2:71: 'answered' {HIDDEN}"],
        ),
        (
            (("x: {attempts: [{legs: {a: busy, b: busy}, webhooks: {report: {drop: 1}}}, busy], "
             "legs: {a: answered}, webhooks: {any: {after: 1s}}}"),),
            [f"2:26: 'a' {HIDDEN}", f"2:56: 'report' {HIDDEN}"],
        ),
        (
            ("x: {attempts: [{a: busy}, busy], legs: {a: answered}}",),
            [f"2:19: 'a' {HIDDEN}"],
        ),
        (
            (("x: {needs: {provider: innocalls}, legs: {a: answered}, "
              "attempts: [no-answer, answered, {callee: busy}]}"),),
            [f"2:80: 'answered' {HIDDEN}", f"2:91: 'callee' {HIDDEN}"],
        ),
        (
            ('x: {match: {provider: "[!p]*"}, numbers: [busy, {attempts: [busy, busy, busy]}]}',),
            ["2:69: never reached: ccai dials no call again"],
        ),
        (
            ("x: {choose: [{weight: 1, refuse: server-error}], responses: [pass]}",),
            [f"2:28: 'refuse' {HIDDEN}"],
        ),
        (
            ("x: {attempts: [busy], use: third-time-lucky}",),
            [f"2:30: 'third-time-lucky' {REPLACED}"],
        ),
        (
            ("x: {use: s, steps: [{after: 1s, hangup: a}]}", MOVES_A),
            [f"2:12: 's' {HIDDEN}"],
        ),
        (("x: {use: s, legs: {a: busy}}", MOVES_A), [f"2:22: the steps of 's' {MOVED}"]),
        (
            ("x: {attempts: [busy, {a: busy}], use: s}", MOVES_A),
            [f"2:24: the steps of 's' {MOVED}"],
        ),
        (
            ("x: {attempts: [{a: busy, use: s}]}",),
            [("2:19: unknown key 'a': one of needs, legs, attempts, numbers, choose, use, steps, "
             "refuse, responses, webhooks")],
        ),
        (
            ("x: {attempts: [{legs: {a: busy}, use: s}]}", MOVES_A),
            [f"2:26: the steps of 's' {MOVED}"],
        ),
        (
            (("x: {needs: {provider: ccai, operation: create-inbound}, "
             "steps: [{act: offer, agent: x}], legs: {b: busy}}"),),
            [f"2:99: the steps of 'x' {MOVED}"],
        ),
        (
            ("x: {numbers: [{choose: [{weight: 1, refuse: server-error}]}]}",),
            [("2:17: an item of numbers decides legs and webhooks, but 'item 1 of numbers in "
             "x' decides the response: write refuse or responses beside numbers, or use choose")],
        ),
        (
            ("x: {choose: [{weight: 1, use: second-leg-no-answer}]}",),
            [("2:33: 'second-leg-no-answer' needs {leg: b}, which is not true everywhere that "
             "this scenario can play; give this scenario the same needs")],
        ),
        (
            ("x: {attempts: [{needs: {provider: ccai}, legs: {a: busy}}]}",),
            [("2:18: 'item 1 of attempts in x' needs {provider: ccai}, which is not true "
             "everywhere that this scenario can play; give this scenario the same needs")],
        ),
        (
            ('x: {match: {b: "*"}, use: second-leg-no-answer}',),
            [("2:29: 'second-leg-no-answer' needs {leg: b}, which is not true everywhere that "
             "this scenario can play; give this scenario the same needs")],
        ),
        (
            ("x: {needs: {provider: ccai, operation: read-call}, use: no-answer}",),
            [f"2:59: 'no-answer' {NOT_HERE} ccai read-call"],
        ),
        (
            ("x: {needs: {provider: phonon}, use: y}", "y: {refuse: teapot}"),
            [f"2:39: 'y' {NOT_HERE} phonon"],
        ),
    ],
)  # fmt: skip
def test_a_word_that_can_have_no_effect_is_an_error_at_its_position(
    scenarios: tuple[str, ...], expected: list[str]
) -> None:
    assert problems(*scenarios) == expected


def test_a_long_chain_of_scenarios_is_checked_in_time() -> None:
    """What is more than fifty scenarios further in is not certain, and hides nothing."""
    chain = [f"s{number}: {{use: s{number + 1}}}" for number in range(400)]
    assert problems(*chain, "s400: {choose: [{weight: 1, use: answered}]}") == []
