"""The time of a receiver: real, or virtual, so that what happens at once has a fixed order."""

import heapq
import threading
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Protocol

Job = Callable[[], object]


class Clock(Protocol):
    """What receivers use of time, in seconds; `now` is Unix time."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...

    def call_later(self, seconds: float, job: Job) -> None: ...


class RealClock:
    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def call_later(self, seconds: float, job: Job) -> None:
        threading.Timer(seconds, job).start()


class VirtualClock:
    """Runs jobs in threads, but only one at a time: until it sleeps or ends, nothing else runs."""

    def __init__(self) -> None:
        self._now = 0.0
        self._due: list[tuple[float, int, Job]] = []
        self._numbers = count()
        self._is_paused = threading.Semaphore(0)

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let others run; only a job of `start` may sleep."""
        woken = threading.Event()
        self.call_later(seconds, partial(self._resume, woken))
        self._is_paused.release()
        woken.wait()

    def call_later(self, seconds: float, job: Job) -> None:
        heapq.heappush(self._due, (self._now + seconds, next(self._numbers), job))

    def start(self, job: Job) -> None:
        """Run a job until it sleeps or ends."""
        threading.Thread(target=self._run, args=(job,), daemon=True).start()
        self._is_paused.acquire()

    def advance(self, to: float) -> None:
        """Let time pass, and do what is due."""
        while self._due and self._due[0][0] <= to:
            self.pass_time()
        self._now = max(self._now, to)

    def pass_time(self) -> None:
        """Do what is due next, when it is due."""
        self._now, _, job = heapq.heappop(self._due)
        job()

    def _run(self, job: Job) -> None:
        try:
            job()
        finally:
            self._is_paused.release()

    def _resume(self, woken: threading.Event) -> None:
        woken.set()
        self._is_paused.acquire()
