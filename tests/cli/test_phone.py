"""`mockserver phone` plays one leg of a call from the shell."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from mockserver.app import run_server
from mockserver.cli import group
from mockserver.cli.phone import due_line
from mockserver.client import MockServer
from mockserver.settings import Settings
from tests.support.client_calls import click_to_call
from tests.support.fetch import fetch_json

CALLEE = "918867136000"
CAN = "it can do press, say or hangup"
USAGES = "it can answer, decline, busy, no-answer, press KEYS, say WORDS, hangup"
NEXT = (
    "next is due at 2026-01-01T09:00:01.000Z, it is 2026-01-01T09:00:01.000Z; "
    "the clock stands: advance it"
)
LEGS = "from 918867135000 answered, to 918867136000"


@pytest.fixture
def origin() -> Iterator[str]:
    with run_server(Settings(port=0, clock="manual", seed="s", quiet=True)) as origin:
        yield origin


@pytest.fixture
def mock(origin: str) -> Iterator[MockServer]:
    """A sandbox named `mine` whose clock stands."""
    with MockServer(origin, "mine") as mock:
        mock.open(clock="manual", start_at="2026-01-01T09:00:00Z")
        yield mock


def ring(mock: MockServer, count: int = 1) -> None:
    """Place calls whose callee rings for a person."""
    mock.use("waits-for-a-person", times=count)
    for _ in range(count):
        click_to_call(mock)
    mock.advance("4s")


def phone(origin: str, *arguments: str) -> Result:
    command = ["phone", *arguments, "--url", origin, "--sandbox", "mine"]
    return CliRunner().invoke(group, command)


def printed(origin: str, *arguments: str) -> list[str]:
    result = phone(origin, *arguments)
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return result.stdout.splitlines()


def complaint(origin: str, *arguments: str) -> tuple[int, str]:
    result = phone(origin, *arguments)
    assert result.stdout == ""
    return result.exit_code, result.stderr.removeprefix("mockserver: ").rstrip()


def test_the_only_phone_that_rings_is_answered_played_and_hung_up(
    origin: str, mock: MockServer
) -> None:
    ring(mock)
    waits = "it waits until a leg hangs up (hangup)"
    assert printed(origin, "answer") == [
        f"c1 answer to {CALLEE}",
        "c1 bridge",
        f"c1 is bridged: {LEGS} answered",
        waits,
    ]
    assert printed(origin, "press", "1#")[0] == f"c1 press to {CALLEE} 1#"
    assert printed(origin, "say", "yes", "please") == [
        f"c1 say to {CALLEE} yes please",
        f"c1 is bridged: {LEGS} answered",
        waits,
    ]
    assert printed(origin, "hangup") == [
        f"c1 hangup to {CALLEE} normal",
        "c1 hangup from 918867135000 normal",
        "c1 attempt-ended completed",
        "c1 ended completed",
        "c1 is ended: from 918867135000 ended, to 918867136000 ended",
        "outcome completed, webhooks w1",
    ]


@pytest.mark.parametrize(
    ("action", "cause", "q850"),
    [
        ("decline", "rejected", 21),
        ("busy", "busy", 17),
        ("no-answer", "no-answer", 19),
        ("hangup", "rejected", 21),
    ],
)
def test_a_phone_that_rings_is_not_answered(
    origin: str, mock: MockServer, action: str, cause: str, q850: int
) -> None:
    ring(mock)
    lines = printed(origin, "c1", action)
    assert f"c1 attempt-ended {cause}" in lines
    assert lines[0] == f"c1 hangup to {CALLEE} {cause}"
    [call] = fetch_json(f"{origin}/_sandbox/mine/_mock/calls")["calls"]
    hangup = next(event for event in call["events"] if event["event"] == "hangup")
    assert hangup["q850"] == q850


def test_a_call_without_a_person_is_played_by_its_callee_or_the_leg_that_is_named(
    origin: str, mock: MockServer
) -> None:
    click_to_call(mock)
    assert complaint(origin, "c1", "answer") == (
        1,
        f"to {CALLEE} of c1 does not ring, it is idle: it can do nothing, not answer",
    )
    mock.advance("1s")
    assert printed(origin, "c1", "answer", "--leg", "from") == [
        "c1 answer from 918867135000",
        f"c1 is answered: {LEGS} idle",
        NEXT,
    ]
    assert printed(origin, "c1", "press", "5", "--leg", "a")[0] == "c1 press from 918867135000 5"


def test_what_is_not_possible_now_says_what_is(origin: str, mock: MockServer) -> None:
    ring(mock)
    phone(origin, "answer")
    assert complaint(origin, "c1", "decline") == (
        1,
        f"to {CALLEE} of c1 does not ring, it is answered: {CAN}, not decline",
    )
    assert complaint(origin, "c1", "hangup", "--leg", "calee") == (
        1,
        "this call has no leg 'calee': did you mean 'callee'?",
    )
    assert complaint(origin, "c7", "answer") == (
        1,
        "no call is named c7: GET /_mock/calls lists them",
    )


def test_a_phone_that_rings_tells_what_its_call_waits_for(origin: str, mock: MockServer) -> None:
    ring(mock)
    assert printed(origin, "c1", "press", "1", "--leg", "from")[-1] == (
        f"it waits until to {CALLEE} answers (answer, decline, busy or no-answer)"
    )


def test_without_a_call_exactly_one_phone_has_to_be_there(origin: str, mock: MockServer) -> None:
    place = (
        "`mockserver place PROVIDER --scenario waits-for-a-person` places a call whose callee rings"
    )
    mock.advance("1s")
    assert complaint(origin, "answer") == (1, f"no phone rings: {place}")
    assert complaint(origin, "say", "x") == (1, f"no leg waits for a person: {place}")
    ring(mock, 2)
    assert complaint(origin, "busy") == (
        1,
        f"2 calls have such a phone: name one of c1 (to {CALLEE}), c2 (to {CALLEE})",
    )
    assert printed(origin, "c2", "busy")[0] == f"c2 hangup to {CALLEE} busy"
    assert printed(origin, "answer")[0] == f"c1 answer to {CALLEE}"


@pytest.mark.parametrize(
    ("mode", "next_at", "line"),
    [
        ("manual", "09:27", "next is due at 09:27, it is 09:04; the clock stands: advance it"),
        ("real", "09:27", "next is due at 09:27, it is 09:04"),
        ("instant", None, "nothing is due"),
    ],
)
def test_what_is_due_next_is_printed_with_a_clock_that_stands(
    mode: str, next_at: str | None, line: str
) -> None:
    assert due_line({"mode": mode, "now": "09:04", "next_at": next_at}) == line


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["c1", "answr"], "a phone has no action 'answr': did you mean 'answer'?"),
        (["anwser"], "a phone has no action 'anwser': did you mean 'answer'?"),
        (["c1"], f"a phone has no action 'c1': {USAGES}"),
        (["c1", "press"], "the phone takes `press KEYS`, not `press`"),
        (["answer", "now"], "the phone takes `answer`, not `answer now`"),
    ],
)
def test_bad_usage_exits_with_2_and_the_nearest_name(words: list[str], message: str) -> None:
    assert complaint("http://127.0.0.1:9", *words) == (2, message)


def test_an_unknown_sandbox_is_refused_and_not_created(origin: str, mock: MockServer) -> None:
    result = CliRunner().invoke(group, ["phone", "answer", "--url", origin, "--sandbox", "mind"])
    assert result.stderr == "mockserver: no sandbox is named mind: did you mean 'mine'?\n"
    assert mock.url("mobtexting")


def test_h_prints_the_help() -> None:
    result = CliRunner().invoke(group, ["phone", "-h"])
    assert (result.exit_code, "press KEYS" in result.stdout) == (0, True)
