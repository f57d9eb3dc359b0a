"""Virtual time in every mode, driven by a real clock that the test moves."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.runtime.clock import Clock, WallClock, parse_rate
from tests.support.fake_clock import FakeClock

START = 1_000_000


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
def test_each_clock_mode_has_a_rate(mode: str, expected: float) -> None:
    assert parse_rate(mode) == expected


@pytest.mark.parametrize(
    "mode",
    ["", "x", "0x", "060x", "-1x", "60", "60X", "60x ", "60x\n", "1e3x", "nanx", "1000000x",
     "1.2345x", "1.x", "Real", "fast"],
)  # fmt: skip
def test_an_unknown_clock_mode_has_no_rate(mode: str) -> None:
    assert parse_rate(mode) is None


@pytest.mark.parametrize(
    ("mode", "elapsed", "expected"),
    [
        ("real", 0.0, 0),
        ("real", 1.5, 1_500),
        ("instant", 1.5, 1_500),
        ("60x", 1.5, 90_000),
        ("1.5x", 0.5, 750),
        ("manual", 1.5, 0),
        ("real", 0.00048828125, 0),  # a part of a millisecond does not count
    ],
)
def test_virtual_time_passes_at_the_rate_of_the_mode(
    mode: str, elapsed: float, expected: int
) -> None:
    real_clock = FakeClock(64.0)
    clock = Clock(mode, START, real_clock)
    real_clock.seconds += elapsed
    assert clock.now() == START + expected


@pytest.mark.parametrize(
    ("mode", "manual", "instant"),
    [("real", False, False), ("60x", False, False), ("manual", True, False),
     ("instant", False, True)],
)  # fmt: skip
def test_a_clock_reports_whether_it_is_manual_or_instant(
    mode: str, *, manual: bool, instant: bool
) -> None:
    clock = Clock(mode, START)
    assert (clock.mode, clock.is_manual, clock.is_instant) == (mode, manual, instant)


def test_changing_the_mode_causes_no_jump_and_applies_the_new_rate() -> None:
    real_clock = FakeClock(64.0)
    clock = Clock("60x", START, real_clock)
    real_clock.seconds += 2
    clock.set_mode("manual")
    assert (clock.mode, clock.is_manual, clock.now()) == ("manual", True, START + 120_000)
    real_clock.seconds += 2
    clock.set_mode("real")
    real_clock.seconds += 2
    assert (clock.mode, clock.is_manual, clock.now()) == ("real", False, START + 122_000)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("manual", START + 5_000), ("real", START + 6_000), ("60x", START + 65_000)],
)
def test_time_continues_at_its_rate_after_a_jump(mode: str, expected: int) -> None:
    real_clock = FakeClock(64.0)
    clock = Clock(mode, START, real_clock)
    clock.jump(START + 5_000)
    assert clock.now() == START + 5_000
    real_clock.seconds += 1
    assert clock.now() == expected


@pytest.mark.parametrize("to", [START, START + 1_999, START + 2_000])
def test_a_jump_into_the_past_changes_nothing(to: int) -> None:
    real_clock = FakeClock(64.0)
    clock = Clock("real", START, real_clock)
    real_clock.seconds += 2
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
def test_the_real_wait_for_a_moment_follows_the_rate(
    mode: str, moment: int, expected: float | None
) -> None:
    assert Clock(mode, START, FakeClock(64.0)).real_seconds_until(moment) == expected


def test_a_clock_reads_the_monotonic_clock_by_default() -> None:
    clock = Clock("999999x", START)
    assert START <= clock.now() <= clock.now()
    assert not math.isinf(clock.real_seconds_until(START + 10**12) or math.inf)


OPERATIONS = st.one_of(
    st.tuples(st.just("pass"), st.floats(0, 1e6)),
    st.tuples(st.just("set"), st.sampled_from(["real", "60x", "manual", "instant", "1.001x"])),
    st.tuples(st.just("jump"), st.integers(-(10**6), 10**9)),
)


@given(st.lists(OPERATIONS, max_size=20))
def test_virtual_time_never_goes_back(operations: list[tuple[str, object]]) -> None:
    real_clock = FakeClock(64.0)
    clock = Clock("real", START, real_clock)
    times = [clock.now()]
    for name, value in operations:
        match name, value:
            case "pass", float():
                real_clock.seconds += value
            case "set", str():
                clock.set_mode(value)
            case _, int():
                clock.jump(START + value)
        times.append(clock.now())
    assert times == sorted(times)


class RealClocks:
    """A monotonic and a wall clock, which a test sets, and a virtual clock that follows them."""

    def __init__(self, mode: str) -> None:
        self.monotonic, self.wall = FakeClock(64.0), FakeClock(4_096.0)
        wall = WallClock(self.monotonic, self.wall)
        self.clock = Clock(mode, START, self.monotonic, wall)

    def advance(self, monotonic: float, wall: float) -> int:
        """Let seconds pass on both; return the virtual ms since the start."""
        self.monotonic.seconds += monotonic
        self.wall.seconds += wall
        return self.clock.now() - START


@pytest.mark.parametrize(
    ("mode", "expected"), [("real", 28_803_000), ("instant", 28_803_000), ("60x", 180_000),
                           ("manual", 0)]
)  # fmt: skip
def test_real_time_follows_the_wall_clock_over_the_sleep_of_the_machine(
    mode: str, expected: int
) -> None:
    clocks = RealClocks(mode)
    clocks.advance(1, 1)
    assert clocks.advance(2, 28_802) == expected
    assert clocks.clock.set_backs == 0


def test_real_time_goes_on_while_the_wall_clock_is_set_back_until_that_has_caught_up() -> None:
    clocks = RealClocks("real")
    assert (clocks.advance(10, 10), clocks.advance(10, -3_590)) == (10_000, 20_000)
    assert clocks.clock.set_backs == 1
    assert (clocks.advance(10, 10), clocks.advance(0, 1_800)) == (30_000, 30_000)
    assert (clocks.advance(0, 1_800), clocks.advance(0, 5)) == (30_000, 35_000)
    assert (clocks.clock.set_backs, clocks.advance(0, -60)) == (1, 35_000)
    assert clocks.clock.set_backs == 2


def test_a_set_back_of_less_than_a_second_is_not_counted() -> None:
    clocks = RealClocks("real")
    assert (clocks.advance(10, 9.5), clocks.clock.set_backs) == (10_000, 0)
    assert (clocks.advance(10, 9), clocks.clock.set_backs) == (20_000, 1)
    assert Clock("real", START).set_backs == 0


def test_time_goes_on_without_a_jump_when_the_mode_changes_after_the_sleep_of_the_machine() -> None:
    clocks = RealClocks("60x")
    clocks.advance(1, 3_600)
    clocks.clock.set_mode("real")
    assert (clocks.advance(0, 0), clocks.advance(1, 2)) == (60_000, 62_000)
    clocks.clock.set_mode("60x")
    assert (clocks.advance(0, 100), clocks.advance(1, 1)) == (62_000, 122_000)


@pytest.mark.parametrize(
    ("mode", "expected"), [("real", 1.0), ("instant", 1.0), ("60x", 60.0), ("manual", None)]
)
def test_the_wall_clock_is_read_every_second_while_time_follows_it(
    mode: str, expected: float | None
) -> None:
    assert RealClocks(mode).clock.real_seconds_until(START + 3_600_000) == expected


@pytest.mark.parametrize("mode", ["manual", "60x"])
def test_a_wall_clock_that_is_set_back_while_time_does_not_follow_it_changes_nothing(
    mode: str,
) -> None:
    clocks = RealClocks(mode)
    clocks.advance(1, -3_600)
    clocks.clock.set_mode("real")
    start = clocks.advance(0, 0)
    assert (clocks.advance(1, 61) - start, clocks.clock.set_backs) == (61_000, 0)


def test_from_real_to_instant_time_still_waits_until_the_wall_clock_has_caught_up() -> None:
    clocks = RealClocks("real")
    clocks.advance(1, -3_600)
    clocks.clock.set_mode("instant")
    times = [clocks.advance(1, wall) for wall in (3_601, 2, 2)]
    assert times == [2_000, 3_000, 5_000]


def test_each_set_back_is_taken_once() -> None:
    clocks = RealClocks("real")
    clocks.advance(1, -60)
    clocks.advance(1, -60)
    assert (clocks.clock.take_set_backs(), clocks.clock.take_set_backs()) == (2, 0)
