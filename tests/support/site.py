"""Builds the whole application without a socket, for tests that send it requests."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
from starlette.types import ASGIApp

from mockserver.compiler import ScenarioCompiler
from mockserver.config.registry import load_control_openapi
from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Dispatcher
from mockserver.runtime.background import Background
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import Settings
from mockserver.web.access_control import AccessControl
from mockserver.web.app import build_app
from mockserver.web.dependencies import Dependencies
from mockserver.web.log_throttle import LogThrottle
from mockserver.web.problem_kinds import PROBLEM_KINDS
from mockserver.web.problems import TYPE_PREFIX
from mockserver.web.router import Router

ORIGIN = "http://127.0.0.1:8080"
BEARER = "top-secret-bearer"
HEADERS = {"authorization": f"Bearer {BEARER}", "accept": "application/json"}
PROBLEM_MEDIA_TYPE = "application/problem+json"


@asynccontextmanager
async def no_lifespan(_: Any) -> AsyncIterator[None]:
    yield


def build_site(  # noqa: PLR0913, PLR0917 - all that a test may change
    configuration: Configuration,
    timing: Timing,
    dispatcher: Dispatcher,
    access_control: AccessControl | None = None,
    origins: tuple[str, ...] = (ORIGIN,),
    lifespan: Callable[[Any], AbstractAsyncContextManager[None]] = no_lifespan,
    public_url: str = "",
) -> tuple[SandboxRegistry, ASGIApp]:
    """Return the sandboxes, and the application that serves them."""
    sandboxes = SandboxRegistry(dispatcher, (configuration, timing), lambda _: None)
    dependencies = Dependencies(
        sandboxes=sandboxes,
        router=Router(configuration.providers),
        origins=origins,
        compile_scenarios=ScenarioCompiler(Settings()),
        control_document=load_control_openapi,
        rejections=Counter(),
        log_throttle=LogThrottle(),
        background=Background(),
        access_control=access_control or AccessControl(),
        public_url=public_url,
    )
    return sandboxes, build_app(dependencies, lifespan)


def build_client(app: ASGIApp, origin: str = ORIGIN) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=origin)


def read_problem(response: httpx.Response) -> tuple[int, str, str]:
    """Return status, kind and detail of a problem, after a check of its headers and keys."""
    problem = response.json()
    assert response.headers["content-type"] == PROBLEM_MEDIA_TYPE
    assert list(problem)[:4] == ["type", "title", "status", "detail"]
    kind = problem["type"].removeprefix(TYPE_PREFIX)
    status, title, _ = PROBLEM_KINDS[kind]
    assert (problem["type"], problem["title"]) == (f"{TYPE_PREFIX}{kind}", title)
    assert (problem["status"], response.status_code) == (status, status)
    assert response.headers["x-mock-problem"] == kind
    return status, kind, problem["detail"]
