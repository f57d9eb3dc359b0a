"""Serves the page: its shell for every view, and its scripts and styles."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
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
from mockserver.web.control.params import (
    dependencies_of,
    describe_missing_sandbox,
    prefix_of,
    sandboxes_of,
)
from mockserver.web.dependencies import request_info_in
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
PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
PLACES: Final = (
    ("docs", "control API"),
    ("calls", "calls"),
    ("webhooks", "webhooks"),
    ("journal", "journal"),
)
"""Route of the control API -> its name for people."""
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)$", re.MULTILINE)
_BESIDE_CODE = re.compile(
    r"/\*\* @(?:[^*\n]|\*(?!/))*\*/ ?|(?<=[;,{})]) // .*$|^[ \t]+", re.MULTILINE
)
"""A type in a line, a comment at its end, and its indentation."""


def shorten(text: str) -> str:
    """Leave out comments and indentation of a script or a style; each line keeps its number."""
    code = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    return _BESIDE_CODE.sub("", code)


def _read_file(path: Path) -> bytes:
    if path.suffix not in (".js", ".css"):
        return path.read_bytes()
    return shorten(path.read_text("utf-8")).encode()


FILES: Final[Mapping[str, bytes]] = MappingProxyType(
    {
        path.name: _read_file(path)
        for path in sorted((Path(__file__).parents[1] / "ui").iterdir())
        if path.suffix in MEDIA_TYPES
    }
)
"""Name of a file of the page -> its content; scripts and styles have no comments."""


async def get_page(request: Request) -> Response:
    """Respond with a file of the page. It has no data of a sandbox, and needs no token."""
    access_control = dependencies_of(request).access_control
    if foreign := access_control.check_page_request(request.headers):
        return foreign
    return respond_with_page(request, partial(_render_own_shell, request))


def respond_with_page(request: Request, render: Callable[[], bytes]) -> Response:
    """Respond with a file of the page; for a view, with the shell that `render` returns."""
    name = request.path_params.get("path", "")
    if "." not in name.rpartition("/")[2]:  # a view, not a file
        return _respond(request, SHELL, render())
    if name not in FILES or name == SHELL:
        raise ProblemError("unknown-route", f"the page has no file {name!r:.80}")
    return _respond(request, name, FILES[name])


def _render_own_shell(request: Request) -> bytes:
    """Render the shell with the addresses in it, which are those of the request's sandbox."""
    providers = sandboxes_of(request).get_or_create(DEFAULT_SANDBOX).state.configuration.providers
    prefix = prefix_of(request)
    info = request_info_in(request.scope)
    documents = prefix if info.sandbox else ""
    is_missing = bool(info.sandbox_name) and info.sandbox is None
    note = escape(describe_missing_sandbox(info.sandbox_name)) if is_missing else ""
    base = escape(f"{prefix}/_mock")
    links = ", ".join(f'<a href="{base}/{path}">{name}</a>' for path, name in PLACES)
    rows = "".join(_render_providers(providers.values(), prefix, documents))
    outline = (
        f"<p>{note}</p><p>What it shows is in the {links}, too.</p>"
        f"<p>Emulated here:</p><ul>{rows}</ul>"
    )
    return render_shell(f"{prefix}/_mock", outline)


def render_shell(base: str, outline: str, file_name: str = "") -> bytes:
    """Render the shell; `outline` is HTML for browsers without scripts.

    With `file_name`, the page shows nothing but the file of this name, which is at `file.jsonl`.
    """
    values = {
        "base": escape(base),
        "version": __version__,
        "file": escape(file_name),
        "outline": outline,
        "preloads": "\n".join(_render_preloads(base)),
    }
    return PLACEHOLDER.sub(lambda match: values[match[1]], FILES[SHELL].decode()).encode()


def _render_providers(
    bounds: Iterable[BoundProvider], prefix: str, documents: str
) -> Iterable[str]:
    """One row for each provider: title, base URL and OpenAPI document.

    A sandbox that does not exist has no documents: `documents` is the prefix of those there are.
    """
    for bound in bounds:
        name, title = escape(bound.provider.name), escape(bound.provider.title)
        base = escape(prefix)
        yield (
            f"<li><b>{title}</b>: <code>{base}/{name}</code>, "
            f'<a href="{escape(documents)}/_mock/openapi/{name}.json">OpenAPI</a></li>'
        )


def _render_preloads(base: str) -> Iterable[str]:
    """One link for each script, so that a browser asks for all of them at once."""
    for name in FILES:
        if name.endswith(".js"):
            yield f'<link rel="modulepreload" href="{escape(base)}/ui/{name}">'


def _respond(request: Request, name: str, content: bytes) -> Response:
    """Respond with a content, or with 304 to a browser that has it."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**HEADERS, "etag": etag}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=MEDIA_TYPES[Path(name).suffix])


ROUTES: Final = (Route("/ui", get_page), Route("/ui/{path:path}", get_page))
