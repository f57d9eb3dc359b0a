"""Starts the server of a command, and ends the command if that cannot be done."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, TypeVar

from mockserver.cli import end
from mockserver.cli.serve import CANNOT_BIND, format_bind_error

Started = TypeVar("Started")


@contextmanager
def start_server(server: AbstractContextManager[Started], settings: Any) -> Iterator[Started]:
    """Start a server; a port that cannot be bound ends this process."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(server)
        except OSError as error:
            end(format_bind_error(error, settings), CANNOT_BIND)
        yield started
