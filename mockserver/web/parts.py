"""What the site is made of, as the composition root hands it over."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mockserver.core.configuration import Configuration
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.web.guard import Guard

Compile = Callable[
    [Configuration, Mapping[str, bytes]], tuple[Configuration | None, tuple[str, ...]]
]


class Parts(NamedTuple):
    """What the site is made of. `origins` are the addresses under which the server reaches itself.

    `compile` makes a world with other scenarios, or says what is wrong with them.
    """

    sandboxes: SandboxRegistry
    origins: Callable[[], tuple[str, ...]]
    compile: Compile
    control: Callable[[], Mapping[str, Any]]
    refused: Counter[str]
    """What was turned away before it was a request."""
    guard: Guard = Guard()
    public_url: str = ""
    depth: Callable[[str, int], int] = lambda *_: 0
    """(address, port) of a client -> how deep in a chain of our own webhooks its request is."""
