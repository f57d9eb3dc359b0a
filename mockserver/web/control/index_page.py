"""Serves the index page: links to the emulated APIs and the control API."""

from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from mockserver import __version__
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX
from mockserver.web.control.params import (
    describe_missing_sandbox,
    prefix_of,
    sandboxes_of,
)
from mockserver.web.dependencies import request_info_in

STYLE = "body{font:16px/1.5 system-ui;max-width:46rem;margin:3rem auto;padding:0 1rem}"
CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
HEADERS = {"content-security-policy": CONTENT_SECURITY_POLICY, "x-content-type-options": "nosniff"}

PAGES: Final = {
    "docs": "control API", "calls": "calls", "webhooks": "webhooks", "journal": "journal"
}  # fmt: skip
"""Path of a page -> how its link reads. The first one is there without a sandbox, too."""


async def get_index(request: Request) -> HTMLResponse:
    """Render the page; a sandbox that does not exist has no other page to link to but the docs."""
    providers = sandboxes_of(request).get_or_create(DEFAULT_SANDBOX).state.configuration.providers
    base, info = escape(prefix_of(request)), request_info_in(request.scope)
    is_missing = bool(info.sandbox_name) and info.sandbox is None
    rows = (
        f"<li><b>{escape(bound.provider.title)}</b>: <code>{base}/{escape(name)}</code>"
        f"{'' if is_missing else _link_openapi(base, name)}</li>"
        for name, bound in providers.items()
    )
    links = ", ".join(
        f'<a href="{base}/_mock/{page}">{text}</a>'
        for page, text in PAGES.items()
        if page == "docs" or not is_missing
    )
    note = f"<p>{escape(describe_missing_sandbox(info.sandbox_name))}.</p>" if is_missing else ""
    return render_page(
        f"mockserver {__version__}",
        f"{note}<p>Emulated here:</p><ul>{''.join(rows)}</ul><p>To drive it: {links}.</p>",
    )


def _link_openapi(base: str, name: str) -> str:
    return f', <a href="{base}/_mock/openapi/{escape(name)}.json">OpenAPI</a>'


def render_page(title: str, body: str) -> HTMLResponse:
    """Render a page without scripts that no other page can frame."""
    text = f"<!doctype html><meta charset=utf-8><title>{escape(title)}</title>"
    text += f"<style>{STYLE}</style><h1>{escape(title)}</h1>{body}"
    return HTMLResponse(text, headers=HEADERS)


ROUTES = (Route("/", get_index),)
