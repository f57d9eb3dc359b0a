"""Runs a command until the standard input ends, as it does if the writer is killed.

It is a script of its own: `python -I until_end_of_input.py COMMAND ARGUMENT...`
"""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Final

END_TIMEOUT: Final = 10
"""Real seconds that the command has to end after the signal."""

NOT_FOUND: Final = 127
"""The exit code of shells for a command that cannot be run."""


def run(command: list[str]) -> int:
    """Return the exit code of the command."""
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - the user's own command
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return NOT_FOUND
    threading.Thread(target=_end_after_input, args=(process,), daemon=True).start()
    return process.wait()


def _end_after_input(process: subprocess.Popen[bytes]) -> None:
    while os.read(sys.stdin.fileno(), 1024):  # not `sys.stdin.read`, whose lock holds up the exit
        pass
    _send_signal(process, "SIGTERM")
    with suppress(subprocess.TimeoutExpired):
        process.wait(END_TIMEOUT)
    _send_signal(process, "SIGKILL")


def _send_signal(process: subprocess.Popen[bytes], name: str) -> None:
    """Send a signal to the command and to what it has started."""
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, getattr(signal, name))
        else:
            process.kill()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
