"""How long the tasks of a page take: CPU time, which a busy machine hardly changes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests.support.browser import Browser, Page

THREAD: Final = "CrRendererMain"  # where the scripts of a page run, and where it is laid out
TASK: Final = "ThreadControllerImpl::RunTask"


@contextmanager
def watch_tasks(browser: Browser, page: Page) -> Iterator[list[float]]:
    """Yield a list that has the CPU times of the page's tasks, in ms, when the block has ended."""
    times = list[float]()
    browser.start_tracing(page=page, categories=["toplevel"])
    try:
        yield times
    finally:
        events = json.loads(browser.stop_tracing())["traceEvents"]
        threads = {
            (event["pid"], event["tid"])
            for event in events
            if event["name"] == "thread_name" and event["args"]["name"] == THREAD
        }
        times += (
            event["tdur"] / 1000
            for event in events
            if event["name"] == TASK and "tdur" in event and (event["pid"], event["tid"]) in threads
        )
