"""The probe is read until it has changed as expected, or for as long as effects may take."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace

import pytest

from mockserver.ordeal import counting
from mockserver.ordeal.counting import count, read_counts
from mockserver.ordeal.plan import Plan
from mockserver.ordeal.runs import Readings
from tests.support.ordeal_vendors import VENDORS

PLAN = Plan(provider="phonon", vendor=VENDORS["phonon"], seed="s", probe="count")


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The real seconds that are slept, which take no time."""
    slept = list[float]()
    clock = SimpleNamespace(sleep=slept.append, monotonic=lambda: sum(slept))
    monkeypatch.setattr(counting, "time", clock)
    return slept


def answer(monkeypatch: pytest.MonkeyPatch, values: Iterable[int]) -> None:
    """Let the probe count these values, one after another."""
    remaining = iter(values)
    monkeypatch.setattr(counting, "read_probe", lambda *_: {"n": next(remaining)})


@pytest.mark.parametrize(
    ("values", "expected", "is_late", "later", "slept"),
    [
        ([6], {"n": 1}, False, 6, []),
        ([5], {}, False, 5, []),
        ([5, 5, 6], {"n": 1}, False, 6, [0.1, 0.1]),
        ([6, 6], {"n": 1}, True, 6, [1.0]),
        ([6, 7], {"n": 1}, True, 7, [1.0]),
        ([7], {"n": 1}, False, 7, []),
        ([6], {}, False, 6, []),
        ([5] * 40, {"n": 1}, False, 5, [0.1] * 30),
        ([5] * 40, {"n": -1}, False, 5, [0.1] * 30),
        ([6, 6], None, False, 6, [pytest.approx(0.3)]),
        ([5, 5, 6, 7], None, False, 7, [0.1, 0.1, pytest.approx(0.3)]),
    ],
)
def test_the_probe_is_read_at_once_and_until_it_is_as_expected(  # noqa: PLR0913, PLR0917 - a table
    monkeypatch: pytest.MonkeyPatch,
    pauses: list[float],
    values: list[int],
    expected: Mapping[str, float] | None,
    is_late: bool,  # noqa: FBT001 - a column
    later: int,
    slept: list[float],
) -> None:
    answer(monkeypatch, values)
    readings = read_counts(PLAN, {"n": 5}, expected, is_late=is_late)
    assert readings == Readings(before={"n": 5}, at_once={"n": values[0]}, later={"n": later})
    assert len(pauses) == pytest.approx(len(slept), abs=1)  # a sum of tenths may end one later
    assert pauses[: len(slept)] == slept[: len(pauses)]
    assert readings.are_late == (values[0] != later)


def test_without_a_probe_nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, [4])
    assert (count(PLAN._replace(probe="")), count(PLAN)) == (None, {"n": 4})
