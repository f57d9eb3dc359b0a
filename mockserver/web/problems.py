"""Builds RFC 9457 problems for the server's own errors, distinct from any vendor's."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import JSONResponse

PROBLEM_MEDIA_TYPE = "application/problem+json"


def problem(status: int, title: str, detail: str, **more: object) -> "JSONResponse":
    """Build a problem response.

    `title` names the kind of problem in a few words, `detail` says what to do about it, and `more`
    are additional members.
    """
    from starlette.responses import JSONResponse  # noqa: PLC0415 - takes 20 ms, and vendor responses need none

    body = {**problem_body(status, title, detail), **more}
    headers = {"x-mock-problem": title.replace(" ", "-")}
    return JSONResponse(body, status, headers, PROBLEM_MEDIA_TYPE)


def problem_body(status: int, title: str, detail: str) -> dict[str, object]:
    """The members of a problem without additional ones."""
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}
