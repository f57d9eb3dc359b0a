"""Runs a command that gets the signals of this process."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from mockserver.settings.signals import ENDING_SIGNALS

STANDARD_STREAMS: Final = range(3)
SIGNAL_BASE: Final = 128
"""The exit code of a command that a signal has ended is this and the number, as in a shell."""

Run = Callable[[Sequence[str], Mapping[str, str]], int]
"""Runs a command in an environment, and returns its exit code."""


@contextmanager
def passing_signals_on() -> Iterator[Run]:
    """Pass the `ENDING_SIGNALS` on to the command that runs in the block.

    One that comes earlier ends nothing: the command does not begin then. So what surrounds the
    command is always undone in order. One that is ignored already, as `nohup` orders, stays so.
    """
    received, processes = list[int](), list[subprocess.Popen[bytes]]()

    def pass_on(number: int, _: object) -> None:
        received.append(number)
        # the terminal has sent Ctrl-C to the command already
        if not (number == signal.SIGINT and any(map(os.isatty, STANDARD_STREAMS))):
            for process in processes:
                process.send_signal(number)

    def run(words: Sequence[str], environment: Mapping[str, str]) -> int:
        if received:
            return SIGNAL_BASE + received[-1]
        process = subprocess.Popen(words, env=environment)  # noqa: S603 - the user's own command
        processes.append(process)
        if received:  # while the command was being started
            process.send_signal(received[-1])
        code = process.wait()
        return code if code >= 0 else SIGNAL_BASE - code

    heeded = [number for number in ENDING_SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
    earlier = {number: signal.signal(number, pass_on) for number in heeded}
    try:
        yield run
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
