"""Tells ASGI and WSGI applications from each other, and from what is neither."""

import inspect
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, Final

from mock_calls.errors import NotAttachable

ASGI: Final = "asgi"
WSGI: Final = "wsgi"

ARGUMENTS: Final = {ASGI: 3, WSGI: 2}
"""(scope, receive, send) and (environ, start_response)"""


def kind_of(application: object) -> str:
    """Return `asgi` or `wsgi`.

    Raises:
        NotAttachable: it is neither, or it does not show which.
    """
    is_async = _is_async(application)
    kinds = [
        kind
        for kind, count in ARGUMENTS.items()
        if _takes(application, count) and not (is_async and kind == WSGI)
    ]
    if len(kinds) == 1:
        return kinds[0]
    raise NotAttachable(application, next(cure for is_case, cure in CURES if is_case(application)))


def _is_async(application: object) -> bool:
    while isinstance(application, partial):
        application = application.func
    return inspect.iscoroutinefunction(application) or inspect.iscoroutinefunction(
        getattr(type(application), "__call__", None)  # noqa: B004 - it is looked at, not called
    )


def _takes(application: object, count: int) -> bool:
    """Whether it can be called with so many positional arguments."""
    if not callable(application):
        return False
    try:
        inspect.signature(application).bind(*(None,) * count)
    except (TypeError, ValueError):
        return False
    return True


def _holds(*names: str) -> Callable[[Any], bool]:
    return lambda application: any(callable(getattr(application, name, None)) for name in names)


CURES: Final[tuple[tuple[Callable[[object], bool], str], ...]] = (
    (
        lambda application: isinstance(application, str),
        "import the application, and attach the object in place of its name",
    ),
    (
        lambda application: isinstance(application, ModuleType),
        "attach the application in the module, such as module.app",
    ),
    (
        lambda application: all(_takes(application, count) for count in ARGUMENTS.values()),
        (
            "it takes two arguments and three; wrap it in `async def app(scope, receive, send)` "
            "or in `def app(environ, start_response)`"
        ),
    ),
    (
        lambda application: inspect.isroutine(application) and _takes(application, 0),
        "it takes no arguments; if it creates the application, attach what it returns",
    ),
    (
        lambda application: _takes(application, 1),
        (
            "it takes one argument, as an application of ASGI 2 does; attach one of ASGI 3, such "
            "as asgiref.compatibility.guarantee_single_callable(app)"
        ),
    ),
    (_holds("app", "wsgi_app"), "attach the application that it holds, such as its attribute app"),
    (
        lambda _: True,
        (
            "an ASGI application is called with (scope, receive, send), a WSGI application with "
            "(environ, start_response); run any other on a port of its own, and give its URL to "
            "deliver()"
        ),
    ),
)
"""(whether it is this case, what to do then); the first that it is counts."""
