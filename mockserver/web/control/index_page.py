"""Serves the index page: links to the emulated APIs and the control API."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from mockserver import __version__
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX
from mockserver.web.control.params import prefix_of, sandboxes_of

STYLE = "body{font:16px/1.5 system-ui;max-width:46rem;margin:3rem auto;padding:0 1rem}"
CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
HEADERS = {"content-security-policy": CONTENT_SECURITY_POLICY, "x-content-type-options": "nosniff"}


async def get_index(request: Request) -> HTMLResponse:
    providers = sandboxes_of(request).get_or_create(DEFAULT_SANDBOX).state.configuration.providers
    base = escape(prefix_of(request))
    rows = (
        f"<li><b>{escape(bound.provider.title)}</b>: <code>{base}/{escape(name)}</code>, "
        f'<a href="{base}/_mock/openapi/{escape(name)}.json">OpenAPI</a></li>'
        for name, bound in providers.items()
    )
    return render_page(
        f"mockserver {__version__}",
        f"<p>Emulated here:</p><ul>{''.join(rows)}</ul>"
        f'<p>To drive it: <a href="{base}/_mock/docs">control API</a>, '
        f'<a href="{base}/_mock/calls">calls</a>, <a href="{base}/_mock/webhooks">webhooks</a>, '
        f'<a href="{base}/_mock/journal">journal</a>.</p>',
    )


def render_page(title: str, body: str) -> HTMLResponse:
    """Render a page without scripts that no other page can frame."""
    text = f"<!doctype html><meta charset=utf-8><title>{escape(title)}</title>"
    text += f"<style>{STYLE}</style><h1>{escape(title)}</h1>{body}"
    return HTMLResponse(text, headers=HEADERS)


ROUTES = (Route("/", get_index),)
