"""Runs work in a child process with limited time and memory, which may end in any way."""

import os
import resource
import signal
from collections.abc import Callable, Iterator
from typing import Final, NoReturn

MEMORY_LIMIT: Final = 4_000_000_000  # bytes

Tell = Callable[[str], object]


def run_in_child(work: Callable[[Tell], object]) -> Iterator[str]:
    """Yield the lines that the work reports from a child process, and at last how it died."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if not child:
        os.close(read_end)
        _work_in_child(work, write_end)
    os.close(write_end)
    try:
        with os.fdopen(read_end, encoding="utf-8") as pipe:
            yield from map(str.strip, pipe)
    finally:  # the caller may stop early
        _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        yield "late" if number == signal.SIGPROF else f"killed by signal {number}"


def _work_in_child(work: Callable[[Tell], object], write_end: int) -> NoReturn:
    for number in (1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    with os.fdopen(write_end, "w", encoding="utf-8") as pipe:
        try:
            work(lambda line: print(line, file=pipe, flush=True))
        except BaseException as error:  # noqa: BLE001 - a mutant may do anything
            print(f"killed by {type(error).__name__}", file=pipe, flush=True)
    os._exit(0)


def limit_work(seconds: int) -> None:
    """Kill this process after so many seconds of processor time."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
