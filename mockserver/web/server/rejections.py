"""What the protocol itself refuses: counted, logged, and as bytes of a problem response."""

import json
import logging
from http import HTTPStatus
from typing import Any, Final

from mockserver.web.problem_kinds import PROBLEM_KINDS
from mockserver.web.problems import PROBLEM_MEDIA_TYPE, problem_body

NAMED_KINDS: Final = frozenset({"foreign-target", "target-unreachable"})
"""Kinds whose detail differs by host: each detail is logged for itself, and in the status line."""

log = logging.getLogger("mockserver")


def record_rejection(dependencies: Any, kind: str, message: str) -> None:
    """Count a rejection for `/_mock/health`, and log it, unless that has happened often."""
    if kind != "internal-error":
        dependencies.rejections[kind] += 1
    key = message if kind in NAMED_KINDS else kind
    text = dependencies.log_throttle.limit(key, message)
    if text:
        log.warning("%s", text)


def render_problem_response(kind: str, detail: str) -> bytes:
    """Render a whole response, after which the connection ends.

    The status line of a refused target has the detail: clients show nothing else of it.
    """
    status = PROBLEM_KINDS[kind].status
    phrase = detail if kind in NAMED_KINDS else HTTPStatus(status).phrase
    body = json.dumps(problem_body(kind, detail)).encode()
    head = (
        f"HTTP/1.1 {status} {phrase}\r\ncontent-type: {PROBLEM_MEDIA_TYPE}\r\n"
        f"x-mock-problem: {kind}\r\ncontent-length: {len(body)}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + body
