"""`python -m benchmarks`: print the project's own figures row by row.

`peers` compares them with those of other servers, `page` measures the page in a browser, and
`https` compares TLS with plain http, and `store` a SQLite file with memory.
"""

import gc
import platform
import sys
from importlib.metadata import version
from itertools import chain

from benchmarks import engine, lateness, web
from benchmarks.peers.__main__ import run


def main() -> None:
    python = f"Python {platform.python_version()}"
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("starlette", "uvicorn", "httptools")
    )
    print(f"{python}, {packages}, {platform.machine()}\n", flush=True)  # noqa: T201 - a command
    gc.freeze()
    gc.set_threshold(2_000, 5, 5_000)  # as `serve` does
    for name, figures in chain(web.starts(), web.requests(), lateness.lateness(), engine.rows()):
        print(f"| {name} | {figures} |", flush=True)  # noqa: T201 - a command


def measure_page() -> None:
    from benchmarks.page import paints  # noqa: PLC0415 - Playwright may be missing

    for name, figures in paints():
        print(f"| {name} | {figures} |", flush=True)  # noqa: T201 - a command


def measure_https(words: list[str]) -> None:
    from benchmarks.https import rows  # noqa: PLC0415 - uvloop may be missing

    for name, figures in rows(*map(int, words)):
        print(f"| {name} | {figures} |", flush=True)  # noqa: T201 - a command


def measure_store(words: list[str]) -> None:
    from benchmarks.store import rows  # noqa: PLC0415 - uvloop may be missing

    for name, figures in rows(*map(int, words)):
        print(f"| {name} | {figures} |", flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    match sys.argv[1:2]:
        case ["peers"]:
            run(sys.argv[2:])
        case ["page"]:
            measure_page()
        case ["https"]:
            measure_https(sys.argv[2:])
        case ["store"]:
            measure_store(sys.argv[2:])
        case _:
            main()
