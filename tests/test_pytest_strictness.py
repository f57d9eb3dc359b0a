"""A strict test fails for what nobody meant, kind by kind, and each kind can be allowed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from mock_calls.strictness import KINDS, Strictness, WrongMarker, read_markers
from mockserver.engine.unexpected import FINDERS
from tests.support.suites import RunSuite

HELPERS: Final = """
import socket


def send(mock_calls, **headers):
    url = mock_calls.url("mobtexting") + "/api/v2/voice/c2c"
    return httpx.post(url, json=CLICK, headers=HEADERS | headers, trust_env=False)


def break_server(monkeypatch):
    def fail(_):
        raise LookupError("oops")

    monkeypatch.setattr("mockserver.runtime.scheduler.run_due_item", fail)


def deliver_to_public_address(mock_calls, monkeypatch):
    real = socket.getaddrinfo

    def resolve(host, *more, **named):
        return real("8.8.8.8" if host == "shop.example" else host, *more, **named)

    monkeypatch.setattr("mockserver.delivery.resolver.getaddrinfo", resolve)
    mock_calls.deliver("mobtexting", to="http://shop.example/")
"""
ACTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "internal-error": (
        "break_server(monkeypatch); click(mock_calls); mock_calls.finish()",
        "the mock server has a fault of its own: LookupError('oops')",
    ),
    "unknown-path": (
        'click(mock_calls, "/api/v2/voice/c2")',
        "unknown path: r1 POST /*/api/v2/voice/c2: no emulated API has *",
    ),
    "refused-request": (
        'send(mock_calls, **{"x-mock-scenario": "calle-busy"})',
        "refused by the mock server: r1 POST /*/api/v2/voice/c2c: no scenario is named *",
    ),
    "waiting-call": (
        'mock_calls.use("waits-for-a-person"); click(mock_calls); mock_calls.finish()',
        "call c1 is left waiting for a person: leg b rings until one answers",
    ),
    "refused-webhook": (
        (
            "deliver_to_public_address(mock_calls, monkeypatch); click(mock_calls); "
            "mock_calls.finish()"
        ),
        "webhook w1 completed to http://shop.example/ was not sent: *",
    ),
    "unaccepted-webhook": (
        (
            'mock_calls.deliver("mobtexting", to=mock_calls.inbox_url()); '
            "mock_calls.program(500); click(mock_calls); mock_calls.finish()"
        ),
        "webhook w1 completed to http://127.0.0.1:*/inbox was never accepted: status 500; *",
    ),
    "unplayed-activation": (
        'mock_calls.use("callee-busy")',
        "activation a1 of scenario 'callee-busy' has never played",
    ),
    "unplayed-scenario": (
        'mock_calls.scenario("mine", {"legs": {"callee": "busy"}})',
        "scenario 'mine' has never played",
    ),
    "ignored-words": (
        (
            'mock_calls.scenario("x", {"legs": {"agent": "busy"}}); '
            'send(mock_calls, **{"x-mock-scenario": "x"})'
        ),
        "ignored: scenario x: legs.agent: c2c has no leg agent, only a, b, callee, from, to",
    ),
}
"""Kind -> (what a test does, how it fails)."""

TESTS: Final = """
def test_strict_{number}(mock_calls, monkeypatch):
    {action}

@pytest.mark.mock_calls(strict=False)
def test_lenient_{number}(mock_calls, monkeypatch):
    {action}

@pytest.mark.mock_calls(allow={{"{kind}"}})
def test_allows_it_{number}(mock_calls, monkeypatch):
    {action}

@pytest.mark.mock_calls(allow={others})
def test_allows_all_others_{number}(mock_calls, monkeypatch):
    {action}

"""


def test_the_kinds_of_the_client_are_those_of_the_server() -> None:
    assert [*KINDS] == [*FINDERS]
    assert [*ACTIONS] == [*KINDS]


def test_a_strict_test_fails_at_its_end_unless_it_allows_the_kind(suite: RunSuite) -> None:
    tests = [
        TESTS.format(number=number, kind=kind, action=action, others=sorted({*KINDS} - {kind}))
        for number, (kind, (action, _)) in enumerate(ACTIONS.items())
    ]
    result = suite("".join((HELPERS, *tests)))
    result.assert_outcomes(passed=4 * len(KINDS), errors=2 * len(KINDS))
    for kind, (_, message) in ACTIONS.items():
        result.stdout.fnmatch_lines([f"{message} [[]{kind}]"])
    for number in range(len(KINDS)):
        for name in ("strict", "allows_all_others"):
            result.stdout.fnmatch_lines([f"ERROR *::test_{name}_{number}*"])


def test_a_test_that_has_failed_fails_once_and_tells_what_else_is_unexpected(
    suite: RunSuite,
) -> None:
    result = suite(
        """
        def test_fails(mock_calls):
            mock_calls.use("callee-busy")
            raise AssertionError

        @pytest.mark.xfail
        def test_is_expected_to_fail(mock_calls):
            mock_calls.use("callee-busy")
            raise AssertionError

        def test_is_skipped(mock_calls):
            mock_calls.use("callee-busy")
            pytest.skip()
        """
    )
    result.assert_outcomes(failed=1, xfailed=1, skipped=1)
    result.stdout.fnmatch_lines(
        [
            "A strict test fails for this, too:",
            "  activation a1 of scenario 'callee-busy' has never played [[]unplayed-activation]",
        ]
    )


def test_what_a_marker_cannot_say_fails_the_test_with_the_nearest_word(suite: RunSuite) -> None:
    result = suite(
        """
        @pytest.mark.mock_calls(sed="x")
        def test_word(mock_calls):
            pass

        @pytest.mark.mock_calls(allow={"waiting-cal"})
        def test_kind(mock_calls):
            pass

        @pytest.mark.mock_calls(clock="fast")
        def test_value(mock_calls):
            pass
        """
    )
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines(
        [
            "marker mock_calls of *::test_word: it takes no 'sed': did you mean 'seed'?",
            "marker mock_calls of *::test_kind: allow={'waiting-cal'}: there is no kind *",
            "marker mock_calls of *::test_value: PUT /_mock/sandboxes/*: *",
        ]
    )


def test_a_marker_of_a_test_has_precedence_word_by_word(suite: RunSuite) -> None:
    result = suite(
        """
        pytestmark = pytest.mark.mock_calls(seed="outer", start_at="2030-01-01T00:00:00Z")

        @pytest.mark.mock_calls(seed="inner")
        def test_one(mock_calls):
            assert mock_calls.clock()["now"] == "2030-01-01T00:00:00.000Z"
            raise AssertionError
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*The seed is 'inner'."])


def read(*markers: Mapping[str, Any]) -> tuple[Strictness, dict[str, Any]]:
    return read_markers(((), marker) for marker in markers)


@pytest.mark.parametrize(
    ("markers", "expected"),
    [
        ((), (Strictness(), {})),
        (({"seed": "x"}, {"clock": "real"}), (Strictness(), {"seed": "x", "clock": "real"})),
        (({"strict": False}, {"strict": True}), (Strictness(), {})),
        (({"strict": False},), (Strictness(strict=False), {})),
        (
            ({"allow": ["waiting-call"]},),
            (Strictness(allow=frozenset({"waiting-call"})), {}),
        ),
        (({"allow": {"waiting-call"}}, {"allow": ()}), (Strictness(), {})),
    ],
    ids=str,
)
def test_markers_are_read_from_the_outermost_to_the_own_one(
    markers: tuple[Mapping[str, Any], ...], expected: object
) -> None:
    assert read(*markers) == expected


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ({"allowed": ()}, "it takes no 'allowed': did you mean 'allow'?"),
        (
            {"x": 1},
            "it takes no 'x': it takes strict, allow, clock, seed, start_at, credentials",
        ),
        ({"strict": "no"}, "strict='no': it is True or False"),
        (
            {"allow": "waiting-call"},
            "allow='waiting-call': it is a set of kinds, such as {\"waiting-call\"}",
        ),
        ({"allow": 1}, 'allow=1: it is a set of kinds, such as {"waiting-call"}'),
        (
            {"allow": ["ignored"]},
            "allow=['ignored']: there is no kind 'ignored': did you mean 'ignored-words'?",
        ),
        (
            {"strict": False, "allow": {"waiting-call"}},
            "strict=False allows every kind already: leave allow out",
        ),
    ],
    ids=str,
)
def test_a_wrong_marker_says_what_would_be_right(marker: Mapping[str, Any], message: str) -> None:
    with pytest.raises(WrongMarker) as error:
        read(marker)
    assert str(error.value) == message


def test_a_marker_takes_named_words_only() -> None:
    words = "strict, allow, clock, seed, start_at, credentials"
    with pytest.raises(WrongMarker) as error:
        read_markers([(("x",), {})])
    assert str(error.value) == f"it takes named words only, not 'x': it takes {words}"


def test_the_documentation_has_all_kinds() -> None:
    page = (Path(__file__).parent.parent / "docs" / "how-to" / "pytest.md").read_text("utf-8")
    rows = [f"| `{kind}` | {meaning} |" for kind, meaning in KINDS.items()]
    assert "\n".join(("|---|---|", *rows)) in page
