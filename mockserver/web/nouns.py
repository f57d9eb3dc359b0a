"""All nouns of the control API, and their routes; loaded by the first who asks for one."""

from collections.abc import Iterator
from typing import Final

from starlette.routing import Route, Router

from mockserver.web.control import (
    accounts,
    activations,
    calls,
    clock,
    docs,
    events,
    explain,
    health,
    inboxes,
    journal,
    providers,
    requests,
    reset,
    sandboxes,
    scenarios,
    timeline,
    waits,
    webhooks,
)
from mockserver.web.guard import guarded

NOUNS: Final = (
    health,
    providers,
    calls,
    requests,
    webhooks,
    waits,
    clock,
    scenarios,
    activations,
    accounts,
    journal,
    timeline,
    events,
    reset,
    sandboxes,
    explain,
    inboxes,
    docs,
)
UNGUARDED: Final = (*health.ROUTES, *inboxes.OPEN)
"""Whoever can reach the server may ask these: how it is, and a webhook's receiver."""


def control() -> Router:
    return Router([*routes()], redirect_slashes=False)


def routes() -> Iterator[Route]:
    """Every control route, behind the guard unless it is open to all."""
    for noun in NOUNS:
        for route in noun.ROUTES:
            handler = route.endpoint if route in UNGUARDED else guarded(route.endpoint)
            methods = sorted(route.methods or ())
            yield Route(route.path, handler, methods=methods, name=route.name)
