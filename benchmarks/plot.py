"""`python -m benchmarks.plot < ROWS > FILE.svg`: the printed rows of requests as bars."""

import re
import sys
from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

ROW: Final = re.compile(r"\| (?P<name>[^|]+): requests \| (?P<rate>[\d,]+) a second")
WIDE, HIGH, LEFT, BAR = 720, 28, 190, 400
OURS: Final = "mockserver"


def bars(lines: Iterable[str]) -> list[tuple[str, int]]:
    """Names and requests a second, the fastest first."""
    found = (match for line in lines if (match := ROW.match(line)))
    told = [(match["name"], int(match["rate"].replace(",", ""))) for match in found]
    return sorted(told, key=lambda one: -one[1])


def drawn(told: list[tuple[str, int]]) -> Iterator[str]:
    most, height = max(rate for _, rate in told), HIGH * (len(told) + 1)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {height}" '
    yield 'font-family="sans-serif" font-size="13" role="img" fill="currentColor">'
    yield "<title>Requests a second at 32 connections, one core</title>"
    for place, (name, rate) in enumerate(told):
        top, wide = HIGH * place + 8, max(1, round(rate / most * BAR))
        colour = "#2a6fdb" if name == OURS else "#9aa5b1"
        yield f'<text x="{LEFT - 8}" y="{top + 14}" text-anchor="end">{escape(name)}</text>'
        yield f'<rect x="{LEFT}" y="{top}" width="{wide}" height="18" fill="{colour}"/>'
        yield f'<text x="{LEFT + wide + 8}" y="{top + 14}">{rate:,}</text>'
    yield "</svg>"


if __name__ == "__main__":
    print("\n".join(drawn(bars(sys.stdin))))  # noqa: T201 - a command
