"""Runs a command that gets the signals of this process."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from mockserver.settings.signals import ENDING_SIGNALS

SLICE: Final = 1.0  # real seconds of a wait
STANDARD_STREAMS: Final = range(3)
SIGNAL_BASE: Final = 128
"""The exit code of a command that a signal has ended is this and the number, as in a shell."""

Run = Callable[[Sequence[str], Mapping[str, str]], int]
"""Runs a command in an environment, and returns its exit code."""


def _comes_from_terminal(number: int) -> bool:
    """Whether it is Ctrl-C, which the terminal has sent to the command already."""
    return number == signal.SIGINT and any(map(os.isatty, STANDARD_STREAMS))


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Wait in slices: a signal that comes just before a wait does not interrupt it."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(SLICE)


@contextmanager
def passing_signals_on() -> Iterator[Run]:
    """Pass the `ENDING_SIGNALS` on to the command that runs in the block.

    One that comes earlier ends nothing: the command does not begin then. So what surrounds the
    command is always undone in order. One that is ignored already, as `nohup` orders, stays so.
    """
    received, processes = list[int](), list[subprocess.Popen[bytes]]()
    passed = set[int]()

    def send(number: int) -> None:
        passed.add(number)
        if not _comes_from_terminal(number):
            processes[0].send_signal(number)

    def pass_on(number: int, _: object) -> None:
        received.append(number)
        if processes:
            send(number)

    def run(words: Sequence[str], environment: Mapping[str, str]) -> int:
        if received:
            return SIGNAL_BASE + received[-1]
        process = subprocess.Popen(words, env=environment)  # noqa: S603 - the user's own command
        processes.append(process)
        for number in filter(lambda each: each not in passed, received):
            send(number)  # it came while the command was being started
        code = _wait(process)
        return code if code >= 0 else SIGNAL_BASE - code

    heeded = [number for number in ENDING_SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
    earlier = {number: signal.signal(number, pass_on) for number in heeded}
    try:
        yield run
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
