"""Serves the root: a browser is led to the page, a program gets a list of where everything is."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from mockserver import __version__
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX
from mockserver.web.control.params import (
    dependencies_of,
    describe_missing_sandbox,
    prefix_of,
    sandboxes_of,
)
from mockserver.web.dependencies import request_info_in

STYLE = "body{font:16px/1.5 system-ui;max-width:46rem;margin:3rem auto;padding:0 1rem}"
CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
HEADERS = {"content-security-policy": CONTENT_SECURITY_POLICY, "x-content-type-options": "nosniff"}
PLACES = (
    ("page", "/_mock/ui/"),
    ("control API", "/_mock/docs"),
    ("calls", "/_mock/calls"),
    ("requests", "/_mock/requests"),
    ("webhooks", "/_mock/webhooks"),
    ("journal", "/_mock/journal"),
    ("health", "/_mock/health"),
)
"""What a program may look for, and its path."""


async def get_index(request: Request) -> Response:
    access_control = dependencies_of(request).access_control
    if foreign := access_control.check_page_request(request.headers):
        return foreign
    prefix = prefix_of(request)
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"{prefix}/_mock/ui/", 303)
    providers = sandboxes_of(request).get_or_create(DEFAULT_SANDBOX).state.configuration.providers
    places = [
        *((bound.provider.title, f"/{name}") for name, bound in providers.items()),
        *PLACES,
    ]
    lines = (f"{name + ':':<14} {prefix}{path}\n" for name, path in places)
    note = _describe_missing_sandbox(request)
    return PlainTextResponse(f"mockserver {__version__}\n\n{note}{''.join(lines)}")


def _describe_missing_sandbox(request: Request) -> str:
    """Say that the sandbox of the request does not exist; nothing of one that does."""
    info = request_info_in(request.scope)
    is_missing = bool(info.sandbox_name) and info.sandbox is None
    return f"{describe_missing_sandbox(info.sandbox_name)}\n\n" if is_missing else ""


def render_page(title: str, body: str) -> HTMLResponse:
    """Render a page without scripts that no other page can frame."""
    text = f"<!doctype html><meta charset=utf-8><title>{escape(title)}</title>"
    text += f"<style>{STYLE}</style><h1>{escape(title)}</h1>{body}"
    return HTMLResponse(text, headers=HEADERS)


ROUTES = (Route("/", get_index),)
