"""What can be attached is recognized; for anything else, the error says what to attach."""

import json
from functools import partial, wraps
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock
from wsgiref.simple_server import demo_app

import pytest
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint

from mock_calls import NotAttachable
from mock_calls.applications.kinds import kind_of


async def asgi(scope: Any, receive: Any, send: Any) -> None: ...


def wsgi(environ: Any, start_response: Any) -> Any: ...


class AsyncCall:
    async def __call__(self, *_: Any) -> None: ...


class WsgiCall:
    def __call__(self, environ: Any, start_response: Any) -> Any: ...


@wraps(wsgi)
def decorated(*arguments: Any, **named: Any) -> Any:
    return wsgi(*arguments, **named)


def configured(_: str, scope: Any, receive: Any, send: Any) -> Any: ...


async def configured_async(_: str, *arguments: Any) -> None: ...


@pytest.mark.parametrize(
    "application",
    [
        *(asgi, AsyncCall(), Starlette(), HTTPEndpoint, AsyncMock()),
        *(partial(configured, "x"), partial(configured_async, "x")),
        lambda scope, receive, send: asgi(scope, receive, send),  # noqa: PLW0108 - the case
    ],
)
def test_an_asgi_application_is_recognized_by_its_arguments(application: Any) -> None:
    assert kind_of(application) == "asgi"


@pytest.mark.parametrize(
    "application", [wsgi, WsgiCall(), WsgiCall().__call__, decorated, demo_app]
)
def test_a_wsgi_application_is_recognized_by_its_arguments(application: Any) -> None:
    assert kind_of(application) == "wsgi"


def create_app() -> Any: ...


def takes_anything(*_: Any) -> None: ...


def double(scope: Any) -> Any: ...


async def async_pair(environ: Any, start_response: Any) -> None: ...


class NoArguments:
    def __call__(self) -> Any: ...


@pytest.mark.parametrize(
    ("application", "cure"),
    [
        ("main:app", "import the application, and attach the object in place of its name"),
        (json, "attach the application in the module, such as module.app"),
        (takes_anything, "it takes two arguments and three; wrap it in `async def app("),
        (create_app, "it takes no arguments; if it creates the application, attach what it return"),
        (double, "it takes one argument, as an application of ASGI 2 does; attach one of ASGI 3"),
        (SimpleNamespace(app=asgi), "attach the application that it holds, such as its attribute"),
        (NoArguments(), "an ASGI application is called with (scope, receive, send), a WSGI "),
        (async_pair, "an ASGI application is called with (scope, receive, send), a WSGI "),
        (None, "an ASGI application is called with (scope, receive, send), a WSGI "),
        (type, "an ASGI application is called with (scope, receive, send), a WSGI "),
    ],
)
def test_anything_else_is_refused_with_the_cure(application: Any, cure: str) -> None:
    with pytest.raises(NotAttachable) as error:
        kind_of(application)
    what, _, rest = str(error.value).partition(" is neither: ")
    kind = type(application).__name__
    assert what.startswith("attach() takes an ASGI or a WSGI application, and ")
    assert what.endswith(f" of type {kind}")
    assert rest.startswith(cure)
