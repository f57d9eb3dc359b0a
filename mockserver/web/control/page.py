"""Serves the page: its shell for every view, and its scripts and styles."""

import hashlib
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver import __version__
from mockserver.core.bound_provider import BoundProvider
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX
from mockserver.web.control.params import dependencies_of, prefix_of, sandboxes_of
from mockserver.web.problems import ProblemError

MEDIA_TYPES: Final = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml",
    }
)
DIRECTIVES: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "media-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types ms-worker",
)
POLICY: Final = "; ".join(DIRECTIVES)
"""The content security policy of the page; its one trusted type lets the worker's URL pass."""
HEADERS: Final = MappingProxyType(
    {
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-cache",
    }
)
SHELL: Final = "index.html"
FILES: Final[Mapping[str, bytes]] = MappingProxyType(
    {
        path.name: path.read_bytes()
        for path in sorted((Path(__file__).parents[1] / "ui").iterdir())
        if path.suffix in MEDIA_TYPES
    }
)
"""Name of a file of the page -> its content."""


async def get_page(request: Request) -> Response:
    """Respond with a file of the page. It has no data of a sandbox, and needs no token."""
    access_control = dependencies_of(request).access_control
    if foreign := access_control.check_page_request(request.headers):
        return foreign
    name = request.path_params.get("path", "")
    if "." not in name.rpartition("/")[2]:  # a view, not a file
        return _respond(request, SHELL, render_shell(request))
    if name not in FILES or name == SHELL:
        raise ProblemError("unknown-route", f"the page has no file {name!r:.80}")
    return _respond(request, name, FILES[name])


def render_shell(request: Request) -> bytes:
    """Render the shell with the addresses in it, which are those of the request's sandbox."""
    providers = sandboxes_of(request).get_or_create(DEFAULT_SANDBOX).state.configuration.providers
    prefix = prefix_of(request)
    values = {
        "base": f"{prefix}/_mock",
        "version": __version__,
        "providers": "".join(_render_providers(providers.values(), prefix)),
    }
    text = FILES[SHELL].decode()
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value if name == "providers" else escape(value))
    return text.encode()


def _render_providers(bounds: Iterable[BoundProvider], prefix: str) -> Iterable[str]:
    """One row for each provider: title, base URL and OpenAPI document."""
    for bound in bounds:
        name, title = escape(bound.provider.name), escape(bound.provider.title)
        base = escape(prefix)
        yield (
            f"<li><b>{title}</b>: <code>{base}/{name}</code>, "
            f'<a href="{base}/_mock/openapi/{name}.json">OpenAPI</a></li>'
        )


def _respond(request: Request, name: str, content: bytes) -> Response:
    """Respond with a content, or with 304 to a browser that has it."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**HEADERS, "etag": etag}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=MEDIA_TYPES[Path(name).suffix])


ROUTES: Final = (Route("/ui", get_page), Route("/ui/{path:path}", get_page))
