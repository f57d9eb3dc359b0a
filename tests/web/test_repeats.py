"""The same failure a million times is a few lines, and another one is told at once."""

from mockserver.web.repeats import THINGS, Repeats


def test_a_million_of_one_thing_are_few_lines() -> None:
    repeats = Repeats()
    lines = [text for _ in range(1_000_000) if (text := repeats.told("down", "it is down"))]
    assert len(lines) == 55
    assert lines[:11] == [*["it is down"] * 10, "it is down (20 times so far)"]
    assert lines[-2:] == [
        "it is down (900,000 times so far)",
        "it is down (1,000,000 times so far)",
    ]


def test_each_thing_is_counted_by_itself() -> None:
    repeats = Repeats()
    for _ in range(15):
        repeats.told("a", "a")
    assert (repeats.told("a", "a"), repeats.told("b", "b")) == ("", "b")


def test_the_counting_begins_anew_after_so_many_things() -> None:
    repeats = Repeats()
    for _ in range(15):
        repeats.told(0, "nought")
    for number in range(1, THINGS):
        repeats.told(number, "another")
    assert repeats.told(0, "nought") == ""
    assert repeats.told(THINGS, "one more") == "one more"
    assert repeats.told(0, "nought") == "nought"
