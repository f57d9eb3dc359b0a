"""What a browser sees at the door: where everything is."""

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
    listings = sandboxes_of(request).get(DEFAULT_SANDBOX).state.configuration.providers
    here = escape(prefix_of(request))
    rows = (
        f"<li><b>{escape(one.provider.title)}</b>: <code>{here}/{escape(name)}</code>, "
        f'<a href="{here}/_mock/openapi/{escape(name)}.json">OpenAPI</a></li>'
        for name, one in listings.items()
    )
    return render_page(
        f"mockserver {__version__}",
        f"<p>Emulated here:</p><ul>{''.join(rows)}</ul>"
        f'<p>To drive it: <a href="{here}/_mock/docs">control API</a>, '
        f'<a href="{here}/_mock/calls">calls</a>, <a href="{here}/_mock/webhooks">webhooks</a>, '
        f'<a href="{here}/_mock/journal">journal</a>.</p>',
    )


def render_page(title: str, body: str) -> HTMLResponse:
    """A page without scripts, that no other page can frame."""
    text = f"<!doctype html><meta charset=utf-8><title>{escape(title)}</title>"
    text += f"<style>{STYLE}</style><h1>{escape(title)}</h1>{body}"
    return HTMLResponse(text, headers=HEADERS)


ROUTES = (Route("/", get_index),)
