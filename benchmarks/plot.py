"""`python -m benchmarks.plot < ROWS > FILE.svg`: draw the printed rows of requests as bars."""

import re
import sys
from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

ROW: Final = re.compile(r"\| (?P<name>[^|]+): requests \| (?P<rate>[\d,]+) a second")
WIDE, HIGH, LEFT, BAR = 720, 28, 190, 400  # pixels: image width, row height, label, longest bar
OWN_NAME: Final = "mockserver"


def bars(lines: Iterable[str]) -> list[tuple[str, int]]:
    """Parse (name, requests a second) from the rows, the fastest first."""
    matches = (match for line in lines if (match := ROW.match(line)))
    rates = [(match["name"], int(match["rate"].replace(",", ""))) for match in matches]
    return sorted(rates, key=lambda row: -row[1])


def draw(rates: list[tuple[str, int]]) -> Iterator[str]:
    """Yield the lines of an SVG image with a bar for each (name, requests a second)."""
    highest, height = max(rate for _, rate in rates), HIGH * (len(rates) + 1)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {height}" '
    yield 'font-family="sans-serif" font-size="13" role="img" fill="currentColor">'
    yield "<title>Requests a second at 32 connections, one core</title>"
    for index, (name, rate) in enumerate(rates):
        top, width = HIGH * index + 8, max(1, round(rate / highest * BAR))
        color = "#2a6fdb" if name == OWN_NAME else "#9aa5b1"
        yield f'<text x="{LEFT - 8}" y="{top + 14}" text-anchor="end">{escape(name)}</text>'
        yield f'<rect x="{LEFT}" y="{top}" width="{width}" height="18" fill="{color}"/>'
        yield f'<text x="{LEFT + width + 8}" y="{top + 14}">{rate:,}</text>'
    yield "</svg>"


if __name__ == "__main__":
    print("\n".join(draw(bars(sys.stdin))))  # noqa: T201 - a command
