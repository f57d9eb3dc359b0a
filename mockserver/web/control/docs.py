"""The control API's own documentation: an OpenAPI document, and a page to browse it."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from mockserver.web.index import page


async def openapi(request: Request) -> JSONResponse:
    return JSONResponse(request.app.state.control())


async def docs(request: Request) -> HTMLResponse:
    document = request.app.state.control()
    parts = [
        _operation(method, path, one)
        for path, entry in document["paths"].items()
        for method, one in entry.items()
    ]
    return page(document["info"]["title"], "".join(parts))


def _operation(method: str, path: str, one: Mapping[str, Any]) -> str:
    shown = f"<h3><code>{method.upper()} {escape(path)}</code></h3><p>{escape(one['summary'])}</p>"
    media = one.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in media:
        shown += f"<pre>{escape(json.dumps(media['example']))}</pre>"
    answers = (f"{status}: {told['description']}" for status, told in one["responses"].items())
    return f"{shown}<p>{escape('; '.join(answers))}</p>"


ROUTES = (Route("/openapi.json", openapi), Route("/docs", docs))
