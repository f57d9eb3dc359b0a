"""The control API's own documentation: an OpenAPI document, and a page to browse it."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from mockserver.web.control.index_page import render_page
from mockserver.web.control.params import dependencies_of


async def get_openapi(request: Request) -> JSONResponse:
    return JSONResponse(dependencies_of(request).control_document())


async def get_docs(request: Request) -> HTMLResponse:
    document = dependencies_of(request).control_document()
    parts = [
        _render_operation(method, path, one)
        for path, entry in document["paths"].items()
        for method, one in entry.items()
    ]
    return render_page(document["info"]["title"], "".join(parts))


def _render_operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    summary = escape(operation["summary"])
    shown = f"<h3><code>{method.upper()} {escape(path)}</code></h3><p>{summary}</p>"
    media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in media:
        shown += f"<pre>{escape(json.dumps(media['example']))}</pre>"
    answers = (
        f"{status}: {told['description']}" for status, told in operation["responses"].items()
    )
    return f"{shown}<p>{escape('; '.join(answers))}</p>"


ROUTES = (Route("/openapi.json", get_openapi), Route("/docs", get_docs))
