"""A scenario in words: each word that a scenario can have, and each place where it can play."""

import pytest

from mockserver.core.behavior import IMMEDIATELY, PRESETS, DurationRange, fixed_duration
from mockserver.core.configuration import Configuration
from mockserver.core.http import Response
from mockserver.core.match_words import build_match_rule
from mockserver.core.scenario import ApiBehavior, DeliveryBehavior, Scenario
from mockserver.core.scenario_outline import (
    Successor,
    describe_delivery,
    describe_response,
    describe_step,
    outline_scenario,
    successors,
)
from mockserver.core.script import Condition, Step
from mockserver.core.webhook import SimulatedAttempt

SECOND = fixed_duration(1_000)
WINDOW_AND_HEADERS = {"from": "09:00", "until": "17:30", "headers": {"Cookie": "*", "X-A": "b"}}


def outline(configuration: Configuration, *scenarios: Scenario) -> list[str]:
    """Return the lines of the first of these scenarios."""
    named = {scenario.name: scenario for scenario in scenarios}
    by_name = {**configuration.scenarios.by_name, **named}
    known = configuration.scenarios._replace(by_name=by_name)
    return [*outline_scenario(configuration._replace(scenarios=known), scenarios[0])]


def test_an_outline_has_what_a_scenario_says_and_where_it_can_play(
    configuration: Configuration,
) -> None:
    mine = Scenario(
        name="mine",
        location="a.yaml:1:2",
        description="It is busy.",
        needs={"provider": "mobtexting"},
        match=build_match_rule({"callee": "91*", **WINDOW_AND_HEADERS}),
        responses=(ApiBehavior(fault="conflict"), ApiBehavior()),
        cycles=True,
        legs={"callee": PRESETS["busy"]},
        webhooks={"any": DeliveryBehavior(drop=None)},
        steps=(Step(delay=SECOND, event_type="hangup", leg="a"),),
    )
    assert outline(configuration, mine) == [
        "mine (a.yaml:1:2)",
        "  It is busy.",
        "  needs: provider: mobtexting",
        "  match: callee: 91*, from: 09:00, until: 17:30, headers.cookie: (hidden), headers.x-a: b",
        "  response 1: refuse conflict",
        "  response 2: as the vendor responds",
        "  response 3: the first one again, and so on",
        "  callee: rings 2 s, busy",
        "  step 1: after 1 s, hangup a",
        "  webhooks any: drop: all",
        "operations on which it can play:",
        "  mobtexting c2c, legs a/from and callee/b/to",
        "  mobtexting c2c, legs callee/a/from",
        "accounts on which it can play:",
        "  mobtexting mobtexting-default",
    ]


def test_an_outline_has_once_what_a_scenario_leads_to(configuration: Configuration) -> None:
    scenarios = (
        Scenario(name="mine", bundled=True, use="gone", choose=((1, "mine/choose/1"), (2, "busy"))),
        Scenario(name="mine/choose/1", attempts=("busy", "busy")),
    )
    assert outline(configuration, *scenarios)[:9] == [
        "mine (bundled)",
        "  use: gone",
        "  choose, 33.3 %: as written here",
        "    attempt 1: busy",
        "      callee: rings 2 s, busy",
        "    attempt 2: busy",
        "  choose, 66.7 %: busy",
        "operations on which it can play:",
        "  ccai create-outbound, legs a/agent and callee/b/end_user",
    ]


def test_a_scenario_that_no_account_can_play_says_so(configuration: Configuration) -> None:
    mine = Scenario(name="mine", match=build_match_rule({"account": "shop"}), numbers=("busy",))
    lines = outline(configuration, mine)
    assert (lines[1:3], lines[-1]) == (
        ["  match: account: shop", "  number 1: busy"],
        "  none yet",
    )


def test_the_successors_of_a_scenario_have_their_positions() -> None:
    lists = {"attempts": ("x", "y"), "numbers": ("x", "y"), "choose": ((1, "x"), (3, "y"))}
    for key, items in lists.items():
        percents = (25.0, 75.0) if key == "choose" else (100.0, 100.0)
        assert [*successors(Scenario(name="mine", use="z", **{key: items}))] == [  # type: ignore[arg-type]
            Successor(key="use", name="z"),
            Successor(key=key, name="x", position=1, percent=percents[0]),
            Successor(key=key, name="y", position=2, percent=percents[1]),
        ]


LONG_BODY = f"body {('bad ' * 19).strip()} ..., send it within 2 s"
HEADERS = {"retry-after": "5", "set-cookie": "a=b"}
BAD_GATEWAY = Response(status=502, body=b"bad " * 30, headers=HEADERS)


@pytest.mark.parametrize(
    ("response", "text"),
    [
        (ApiBehavior(), "as the vendor responds"),
        (ApiBehavior(delay=3_000, disconnect="reset"), "after 3 s, break the connection (reset)"),
        (
            ApiBehavior(
                answer=Response(status=502, body=b"bad " * 30, headers=HEADERS), dribble=2_000
            ),
            f"answer 502, header retry-after: 5, header set-cookie: (hidden), {LONG_BODY}",
        ),
        (ApiBehavior(answer=Response(status=204, body=b"")), "answer 204"),
    ],
)
def test_a_response_is_described(response: ApiBehavior, text: str) -> None:
    assert describe_response(response) == text


STEP = Step(delay=IMMEDIATELY, event_type="")
SETTLED, POLLS = Condition(type="settled", leg="b"), Condition(type="poll", times=2)


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (STEP, "at once"),
        (STEP.replace(delay=SECOND, event_type="hangup", leg="b"), "after 1 s, hangup b"),
        (STEP.replace(event_type="hangup", data={"cause": "busy"}), "hangup, cause: busy"),
        (STEP.replace(event_type="offer", behavior=PRESETS["busy"]), "offer, then rings 2 s, busy"),
        (STEP.replace(condition=SETTLED), "wait until b answers or stops ringing"),
        (STEP.replace(condition=POLLS), "wait for poll 2 times"),
        (STEP.replace(condition=Condition(type="press", leg="a")), "wait for press a"),
    ],
)
def test_a_step_is_described(step: Step, text: str) -> None:
    assert describe_step(step) == text


ATTEMPTS = (
    None,
    SimulatedAttempt(status=500, duration=SECOND),
    SimulatedAttempt(error="reset"),
)


@pytest.mark.parametrize(
    ("delivery", "text"),
    [
        (DeliveryBehavior(), "as usual"),
        (DeliveryBehavior(drop=2, reorder=True), "drop: 2, reorder: yes"),
        (DeliveryBehavior(reorder=True, reorder_calls=True), "reorder: calls"),
        (DeliveryBehavior(duplicate=3, spacing=SECOND), "duplicate: 3, spacing: 1 s"),
        (DeliveryBehavior(delay=DurationRange(low=1_000, high=2_000)), "after: 1 to 2 s"),
        (DeliveryBehavior(before_reply=True, corrupt="garbage"),
         "before_reply: yes, corrupt: garbage"),
        (DeliveryBehavior(attempts=ATTEMPTS), "attempts: deliver / 500 after 1 s / reset"),
    ],
)  # fmt: skip
def test_a_delivery_is_described(delivery: DeliveryBehavior, text: str) -> None:
    assert describe_delivery(delivery) == text
