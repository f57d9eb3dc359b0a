"""`mockserver numbers` prints the number plan, test numbers and the meaning of a number."""

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import group
from mockserver.cli.numbers import NUMBER_PLAN
from mockserver.config.registry import load_providers
from mockserver.core.number_plan import number_plan_behavior


def run_numbers(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["numbers", *arguments])


READY_NUMBERS = """
  918800010230  rings 2 s, answered, talks 30 s
  918800020300  rings 3 s, busy
  918800032500  rings 25 s, no-answer
  918800040400  rings 4 s, rejected
  918800050100  rings 1 s, unreachable
  918800060000  rings 0 s, invalid-number
  918800070231  rings 2 s, answered, presses 1 after 5 s, hangs up 30 s after answering
  918800082000  rings 20 s, an answering machine takes it
  918800090000  rings 0 s, waits for a person
"""


@pytest.mark.parametrize("arguments", [(), ("--for", "mobtexting")])
def test_numbers_prints_the_plan_and_a_test_number_for_each_kind(
    arguments: tuple[str, ...],
) -> None:
    result = run_numbers(*arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (0, NUMBER_PLAN + READY_NUMBERS, "")


def test_the_printed_plan_names_every_kind_of_test_number() -> None:
    """There is one ready number for each kind of the plan but the first, in its order."""
    ready_numbers = [line.split()[0] for line in READY_NUMBERS.strip().splitlines()]
    assert [number[-5] for number in ready_numbers] == [str(kind) for kind in range(1, 10)]
    assert all(number_plan_behavior(number) for number in ready_numbers)
    assert [line[2] for line in NUMBER_PLAN.splitlines() if line[2:3].isdecimal()] == list(
        "0123456789"
    )


TALKS_A = (
    "hangs up {} after both have answered, unless b does earlier; without a b after its own answer"
)
NO_PLAN = ("no plan: it behaves as the scenario says",)
STAYS = "stays until the other side ends it"
UNANSWERED = ("the call ends, and b is not dialed", "a has answered by then, and the call ends")
MEANINGS: dict[str, tuple[str, ...]] = {
    "918867134567": NO_PLAN,
    "00000000": NO_PLAN,
    "0010230": NO_PLAN,
    "00010000": (
        f"rings 0 s, answered, {STAYS}",
        "b hangs up, by default 6 s after the conversation begins; without a b nobody does",
        "a hangs up, by default 6 s after the conversation begins",
    ),
    "+14155500011299": (
        "rings 12 s, answered, talks 99 s",
        TALKS_A.format("99 s"),
        "hangs up 99 s after both have answered, unless a does earlier",
    ),
    "+1 210-002-0700": ("rings 7 s, busy", *UNANSWERED),
    "00029900": ("rings 99 s, busy", *UNANSWERED),
    "00030099": ("rings 0 s, no-answer", *UNANSWERED),
    "00040500": ("rings 5 s, rejected", *UNANSWERED),
    "00050500": ("rings 5 s, unreachable", *UNANSWERED),
    "00060500": ("rings 5 s, invalid-number", *UNANSWERED),
    "00070309": (
        f"rings 3 s, answered, presses 9 after 5 s, {STAYS}",
        "b hangs up, by default 6 s after the key; without a b nobody does",
        "a hangs up, by default 6 s after the key",
    ),
    "00070391": (
        "rings 3 s, answered, presses 1 after 5 s, hangs up 90 s after answering",
        "hangs up 90 s after its own answer, even while b rings, unless b does earlier",
        "hangs up 90 s after its own answer, unless a does earlier",
    ),
    "00080400": (
        "rings 4 s, an answering machine takes it",
        "hangs up 6 s after the conversation begins, unless b has a time of its own",
        "a hangs up 6 s after the conversation begins, unless a has another time of its own",
    ),
    "00090700": (
        "rings 7 s, waits for a person",
        "nobody hangs up by default",
        "nobody hangs up by default",
    ),
}
"""Number -> (what it means, how the call ends if leg a has it, if leg b has it)."""


@pytest.mark.parametrize(("number", "means"), MEANINGS.items())
def test_numbers_prints_the_meaning_of_a_number_for_each_leg(
    number: str, means: tuple[str, ...]
) -> None:
    result = run_numbers(number)
    lines = [f"{number}: {means[0]}"]
    lines += [f"  as {leg}: {end}" for leg, end in zip("ab", means[1:], strict=False)]
    assert (result.exit_code, result.stdout.splitlines(), result.stderr) == (0, lines, "")


def test_numbers_refuses_an_unknown_provider() -> None:
    result = run_numbers("--for", "qqqq")
    expected = f"no provider is named 'qqqq'; known: {', '.join(load_providers())}\n"
    assert (result.exit_code, result.stderr) == (2, expected)
