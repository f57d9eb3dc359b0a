"""Failures of our own, as RFC 9457 problems, so that they never look like a vendor's."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import JSONResponse

PROBLEM_MEDIA_TYPE = "application/problem+json"


def problem(status: int, title: str, detail: str, **more: object) -> "JSONResponse":
    """`title` names the kind of problem in a few words; `detail` says what to do about it."""
    from starlette.responses import JSONResponse  # noqa: PLC0415 - 20 ms, and no vendor's answer

    body = {**problem_body(status, title, detail), **more}
    headers = {"x-mock-problem": title.replace(" ", "-")}
    return JSONResponse(body, status, headers, PROBLEM_MEDIA_TYPE)


def problem_body(status: int, title: str, detail: str) -> dict[str, object]:
    """The problem itself."""
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}
