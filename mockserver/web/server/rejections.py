"""Problem responses of the protocol itself, as bytes."""

import json
from http import HTTPStatus

from mockserver.web.problems import PROBLEM_KINDS, PROBLEM_MEDIA_TYPE, problem_body


def render_problem_response(kind: str, detail: str) -> bytes:
    """Render a whole response, after which the connection ends."""
    status = PROBLEM_KINDS[kind].status
    body = json.dumps(problem_body(kind, detail)).encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: {PROBLEM_MEDIA_TYPE}\r\n"
        f"x-mock-problem: {kind}\r\ncontent-length: {len(body)}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + body
