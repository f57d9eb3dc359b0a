"""A process of its own for each mutant, which may take long, take much, or come to any end."""

import os
import resource
import signal
from collections.abc import Callable, Iterator
from typing import Final, NoReturn

ROOM: Final = 4_000_000_000  # bytes

Tell = Callable[[str], object]


def apart(work: Callable[[Tell], object]) -> Iterator[str]:
    """What the work tells, line by line, in a process of its own; last, how that died if it did."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        _alone(work, into)
    os.close(into)
    try:
        with os.fdopen(out, encoding="utf-8") as pipe:
            yield from map(str.strip, pipe)
    finally:  # who asked may have heard enough
        _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        yield "late" if number == signal.SIGPROF else f"killed by signal {number}"


def _alone(work: Callable[[Tell], object], into: int) -> NoReturn:
    for number in (1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    with os.fdopen(into, "w", encoding="utf-8") as pipe:
        try:
            work(lambda line: print(line, file=pipe, flush=True))
        except BaseException as error:  # noqa: BLE001 - a mutant may do anything
            print(f"killed by {type(error).__name__}", file=pipe, flush=True)
    os._exit(0)


def patient(seconds: int) -> None:
    """Die after so many seconds of work: no clock on the wall counts, as nothing here waits."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
