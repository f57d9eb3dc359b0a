"""The number plan as it is printed, what numbers mean, numbers that are ready to dial."""

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import group
from mockserver.cli.numbers import NUMBER_PLAN
from mockserver.config.registry import load_providers
from mockserver.core.behavior import number_plan_behavior


def numbers(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["numbers", *arguments])


READY = """
  918800010230  rings 2 s, answered, talks 30 s
  918800020300  rings 3 s, busy
  918800032500  rings 25 s, no-answer
  918800040400  rings 4 s, rejected
  918800050100  rings 1 s, unreachable
  918800060000  rings 0 s, invalid-number
  918800070231  rings 2 s, answered, presses 1 after 5 s, hangs up 30 s after answering
  918800082000  rings 20 s, an answering machine takes it, talks 6 s
  918800090000  rings 0 s, waits for a person, stays until the other side ends it
"""


@pytest.mark.parametrize("arguments", [(), ("--for", "mobtexting")])
def test_numbers_prints_the_plan_and_a_number_for_each_line(arguments: tuple[str, ...]) -> None:
    done = numbers(*arguments)
    assert (done.exit_code, done.stdout, done.stderr) == (0, NUMBER_PLAN + READY, "")


def test_the_plan_says_what_the_house_does() -> None:
    """One ready number for each line of the plan but the first, in its order."""
    kinds = [line.split()[0] for line in READY.strip().splitlines()]
    assert [number[-5] for number in kinds] == [str(kind) for kind in range(1, 10)]
    assert all(number_plan_behavior(number) for number in kinds)
    assert [line[2] for line in NUMBER_PLAN.splitlines() if line[2:3].isdecimal()] == list(
        "0123456789"
    )


GOLDEN = {
    "918867134567": "no plan: it behaves as the scenario says",
    "00000000": "no plan: it behaves as the scenario says",
    "0010230": "no plan: it behaves as the scenario says",
    "00010000": "rings 0 s, answered, stays until the other side ends it",
    "+14155500011299": "rings 12 s, answered, talks 99 s",
    "00029900": "rings 99 s, busy",
    "00030099": "rings 0 s, no-answer",
    "00040500": "rings 5 s, rejected",
    "00050500": "rings 5 s, unreachable",
    "00060500": "rings 5 s, invalid-number",
    "00070300": ("rings 3 s, answered, presses 0 after 5 s, stays until the other side ends it"),
    "00070309": ("rings 3 s, answered, presses 9 after 5 s, stays until the other side ends it"),
    "00070391": "rings 3 s, answered, presses 1 after 5 s, hangs up 90 s after answering",
    "00080400": "rings 4 s, an answering machine takes it, talks 6 s",
    "00090700": "rings 7 s, waits for a person, stays until the other side ends it",
}


@pytest.mark.parametrize(("number", "means"), GOLDEN.items())
def test_numbers_says_what_a_number_means(number: str, means: str) -> None:
    done = numbers(number)
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"{number}: {means}\n", "")


def test_numbers_for_nobody() -> None:
    done = numbers("--for", "qqqq")
    sentence = f"no provider is named 'qqqq'; known: {', '.join(load_providers())}\n"
    assert (done.exit_code, done.stderr) == (2, sentence)
