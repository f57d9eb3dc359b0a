"""Serves the control API's OpenAPI document, and an HTML page made from it."""

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
    sections = [
        _render_operation(method, path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    return render_page(document["info"]["title"], "".join(sections))


def _render_operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    summary = escape(operation["summary"])
    html = f"<h3><code>{method.upper()} {escape(path)}</code></h3><p>{summary}</p>"
    json_body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in json_body:
        html += f"<pre>{escape(json.dumps(json_body['example']))}</pre>"
    responses = (
        f"{status}: {response['description']}"
        for status, response in operation["responses"].items()
    )
    return f"{html}<p>{escape('; '.join(responses))}</p>"


ROUTES = (Route("/openapi.json", get_openapi), Route("/docs", get_docs))
