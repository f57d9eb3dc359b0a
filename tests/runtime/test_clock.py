"""Virtual time in every mode, against a wall clock that the test moves."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.runtime.clock import Clock, parse_rate

START = 1_000_000


class Wall:
    """A real clock in seconds that stands where it is put."""

    def __init__(self) -> None:
        self.seconds = 64.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("real", 1.0),
        ("instant", 1.0),
        ("manual", 0.0),
        ("60x", 60.0),
        ("1x", 1.0),
        ("1.5x", 1.5),
        ("999999.999x", 999999.999),
    ],
)
def test_rate_of_a_mode(mode: str, expected: float) -> None:
    assert parse_rate(mode) == expected


@pytest.mark.parametrize(
    "mode",
    ["", "x", "0x", "060x", "-1x", "60", "60X", "60x ", "60x\n", "1e3x", "nanx", "1000000x",
     "1.2345x", "1.x", "Real", "fast"],
)  # fmt: skip
def test_rate_of_no_mode(mode: str) -> None:
    assert parse_rate(mode) is None


@pytest.mark.parametrize(
    ("mode", "passed", "expected"),
    [
        ("real", 0.0, 0),
        ("real", 1.5, 1_500),
        ("instant", 1.5, 1_500),
        ("60x", 1.5, 90_000),
        ("1.5x", 0.5, 750),
        ("manual", 1.5, 0),
        ("real", 0.00048828125, 0),  # less than a millisecond has not passed yet
    ],
)
def test_now_after_real_time_has_passed(mode: str, passed: float, expected: int) -> None:
    wall = Wall()
    clock = Clock(mode, START, wall)
    wall.seconds += passed
    assert clock.now() == START + expected


@pytest.mark.parametrize(
    ("mode", "manual", "instant"),
    [("real", False, False), ("60x", False, False), ("manual", True, False),
     ("instant", False, True)],
)  # fmt: skip
def test_clock_knows_its_mode(mode: str, *, manual: bool, instant: bool) -> None:
    clock = Clock(mode, START)
    assert (clock.mode, clock.is_manual, clock.is_instant) == (mode, manual, instant)


def test_set_shows_no_jump_and_goes_on_at_the_new_pace() -> None:
    wall = Wall()
    clock = Clock("60x", START, wall)
    wall.seconds += 2
    clock.set_mode("manual")
    assert (clock.mode, clock.is_manual, clock.now()) == ("manual", True, START + 120_000)
    wall.seconds += 2
    clock.set_mode("real")
    wall.seconds += 2
    assert (clock.mode, clock.is_manual, clock.now()) == ("real", False, START + 122_000)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("manual", START + 5_000), ("real", START + 6_000), ("60x", START + 65_000)],
)
def test_jump_forward_then_goes_on(mode: str, expected: int) -> None:
    wall = Wall()
    clock = Clock(mode, START, wall)
    clock.jump(START + 5_000)
    assert clock.now() == START + 5_000
    wall.seconds += 1
    assert clock.now() == expected


@pytest.mark.parametrize("to", [START, START + 1_999, START + 2_000])
def test_jump_to_the_past_changes_nothing(to: int) -> None:
    wall = Wall()
    clock = Clock("real", START, wall)
    wall.seconds += 2
    clock.jump(to)
    assert clock.now() == START + 2_000


@pytest.mark.parametrize(
    ("mode", "moment", "expected"),
    [
        ("real", START + 2_500, 2.5),
        ("instant", START + 2_500, 2.5),
        ("50x", START + 2_500, 0.05),
        ("real", START, 0.0),
        ("real", START - 1, 0.0),
        ("manual", START + 2_500, None),
        ("manual", START - 1, None),
    ],
)
def test_real_seconds_until(mode: str, moment: int, expected: float | None) -> None:
    assert Clock(mode, START, Wall()).real_seconds_until(moment) == expected


def test_clock_of_its_own_accord_reads_a_monotonic_clock() -> None:
    clock = Clock("999999x", START)
    assert START <= clock.now() <= clock.now()
    assert not math.isinf(clock.real_seconds_until(START + 10**12) or math.inf)


OPERATIONS = st.one_of(
    st.tuples(st.just("pass"), st.floats(0, 1e6)),
    st.tuples(st.just("set"), st.sampled_from(["real", "60x", "manual", "instant", "1.001x"])),
    st.tuples(st.just("jump"), st.integers(-(10**6), 10**9)),
)


@given(st.lists(OPERATIONS, max_size=20))
def test_time_never_goes_back(operations: list[tuple[str, object]]) -> None:
    wall = Wall()
    clock = Clock("real", START, wall)
    shown = [clock.now()]
    for name, value in operations:
        match name, value:
            case "pass", float():
                wall.seconds += value
            case "set", str():
                clock.set_mode(value)
            case _, int():
                clock.jump(START + value)
        shown.append(clock.now())
    assert shown == sorted(shown)
