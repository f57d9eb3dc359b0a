"""Scenarios from mappings in which nothing is wrong: what they make of each key."""

from typing import Any

import pytest

from mockserver.catalog.document import Path
from mockserver.catalog.stories import Told, match, stories
from mockserver.core.legs import NOW, WORDS, Behaviour, Span, fixed
from mockserver.core.script import Once, Step
from mockserver.core.story import Match, Story, Travel, Turn

BUSY = WORDS["busy"]


def place(path: Path) -> str:
    return f"f:{'.'.join(map(str, path))}"


def made(body: dict[str, Any], *, bundled: bool = False) -> list[Story]:
    return list(stories("x", body, place, Told(bundled, {})))


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ({"legs": {"a": "busy"}}, {"legs": {"a": BUSY}}),
        ({"legs": {"to": {"ring": "3s"}}}, {"legs": {"to": Behaviour(fixed(3_000))}}),
        ({"needs": {"leg": "b"}}, {"needs": {"leg": "b"}}),
        ({"play": "y"}, {"play": "y"}),
        ({"attempts": ["y", "z"]}, {"attempts": ("y", "z")}),
        ({"numbers": ["y"]}, {"numbers": ("y",)}),
        (
            {"choose": [{"weight": "60", "play": "y"}, {"weight": 0.5, "play": "z"}]},
            {"choose": ((60.0, "y"), (0.5, "z"))},
        ),
        (
            {"steps": [{"ring": "a"}, {"wait": "control", "after": "2s"}]},
            {
                "steps": (
                    Step(NOW, "ring", "a", place="f:steps.0"),
                    Step(fixed(2_000), "", once=Once("control"), place="f:steps.1"),
                )
            },
        ),
        ({"refuse": "server-error"}, {"answers": (Turn("server-error"),)}),
        (
            {"answers": [{"refuse": "conflict", "after": "3s"}, {"break": "empty"}, "pass"]},
            {"answers": (Turn("conflict", 3_000), Turn(broken="empty"), Turn())},
        ),
    ],
)
def test_story_of_a_key(body: dict[str, Any], values: dict[str, Any]) -> None:
    assert made(body) == [Story("x", "f:", **values)]


@pytest.mark.parametrize(
    ("how", "travel"),
    [
        ({"duplicate": "2"}, Travel(duplicate=2)),
        ({"drop": "all"}, Travel(drop=None)),
        ({"drop": 1}, Travel(drop=1)),
        ({"reorder": "true", "before_reply": True}, Travel(reorder=True, before_reply=True)),
        ({"reorder": "false", "before_reply": False}, Travel()),
        ({"after": "1s..2s"}, Travel(after=Span(1_000, 2_000))),
        ({"corrupt": "truncate"}, Travel(corrupt="truncate")),
    ],
)
def test_story_of_webhooks(how: dict[str, Any], travel: Travel) -> None:
    assert made({"webhooks": {"any": how}}) == [Story("x", "f:", webhooks={"any": travel})]


def test_stories_within_lists_have_names_of_their_own() -> None:
    body = {"attempts": [{"a": "busy"}, "y"], "numbers": ["z", {"b": "busy"}]}
    assert made(body, bundled=True) == [
        Story("x/attempts/1", "f:attempts.0", bundled=True, legs={"a": BUSY}),
        Story("x/numbers/2", "f:numbers.1", bundled=True, legs={"b": BUSY}),
        Story(
            "x",
            "f:",
            bundled=True,
            attempts=("x/attempts/1", "y"),
            numbers=("z", "x/numbers/2"),
        ),
    ]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"callee": "*0402"}, Match({"callee": "*0402"})),
        (
            {"a": 918867135000, "fields": {"record": 1}},
            Match({"a": "918867135000"}, {"record": "1"}),
        ),
        ({"provider": "mob*", "operation": "c2c"}, Match({"provider": "mob*", "operation": "c2c"})),
    ],
)
def test_match(given: dict[str, Any], wanted: Match) -> None:
    assert match(given) == wanted
    assert made({"match": given, "play": "y"}) == [Story("x", "f:", match=wanted, play="y")]
