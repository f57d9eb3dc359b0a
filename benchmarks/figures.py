"""The figures of a server under load, and how they compare with those of another one."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


class Figures(NamedTuple):
    """`cpu` is the CPU time of the server for one request, in microseconds."""

    rate: float
    p50: float
    p99: float
    cpu: float
    wrong: float


def take_median(measured: Sequence[Figures]) -> Figures:
    return Figures(*map(median, zip(*measured, strict=True)))


def describe(figures: Figures, plain: Figures, name: str) -> str:
    """Say the figures, each with its share of the plain ones, which `name` names."""
    rate, p50, p99, cpu = (one / other for one, other in zip(figures[:4], plain[:4], strict=True))
    return (
        f"{figures.rate:,.0f} a second ({rate:.2f} of {name}), "
        f"p50 {figures.p50:.1f} ms ({p50:.2f}), p99 {figures.p99:.1f} ms ({p99:.2f}), "
        f"{figures.cpu:.0f} us of CPU each ({cpu:.2f}), {figures.wrong:.0f} wrong"
    )
