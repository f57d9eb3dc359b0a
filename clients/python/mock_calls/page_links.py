"""The addresses at which the page of a server shows the calls of a sandbox."""

from collections.abc import Iterator, Sequence
from typing import Final

from mock_calls.sync import MockServer
from mock_calls.transport import sandbox_prefix

MAX_CALLS: Final = 20


def describe_page(client: MockServer, calls: Sequence[str]) -> Iterator[str]:
    """Say where the page shows the sandbox, and the last of its calls."""
    page = f"{client.origin}{sandbox_prefix(client.sandbox)}/_mock/ui/"
    yield "The server keeps the sandbox. Its page:"
    yield f"  {page}"
    yield from (f"  {call}: {page}calls/{call}" for call in calls[-MAX_CALLS:])
