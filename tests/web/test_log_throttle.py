"""The same failure a million times is a few lines, and another one is told at once."""

from mockserver.web.log_throttle import MAX_KEYS, LogThrottle


def test_a_million_of_one_thing_are_few_lines() -> None:
    repeats = LogThrottle()
    lines = [text for _ in range(1_000_000) if (text := repeats.limit("down", "it is down"))]
    assert len(lines) == 55
    assert lines[:11] == [*["it is down"] * 10, "it is down (20 times so far)"]
    assert lines[-2:] == [
        "it is down (900,000 times so far)",
        "it is down (1,000,000 times so far)",
    ]


def test_each_thing_is_counted_by_itself() -> None:
    repeats = LogThrottle()
    for _ in range(15):
        repeats.limit("a", "a")
    assert (repeats.limit("a", "a"), repeats.limit("b", "b")) == ("", "b")


def test_the_counting_begins_anew_after_so_many_things() -> None:
    repeats = LogThrottle()
    for _ in range(15):
        repeats.limit(0, "nought")
    for number in range(1, MAX_KEYS):
        repeats.limit(number, "another")
    assert repeats.limit(0, "nought") == ""
    assert repeats.limit(MAX_KEYS, "one more") == "one more"
    assert repeats.limit(0, "nought") == "nought"
