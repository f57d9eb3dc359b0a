"""Failures of our own, as RFC 9457 problems, so that they never look like a vendor's."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

TYPE = "application/problem+json"


def problem(status: int, title: str, detail: str, **more: object) -> JSONResponse:
    """`title` names the kind of problem in a few words; `detail` says what to do about it."""
    body = {**told(status, title, detail), **more}
    headers = {"x-mock-problem": title.replace(" ", "-")}
    return JSONResponse(body, status, headers, TYPE)


def told(status: int, title: str, detail: str) -> dict[str, object]:
    """The problem itself."""
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


async def explained(_: Request, refusal: Exception) -> JSONResponse:
    """What a control route has refused by raising, as a problem."""
    if not isinstance(refusal, HTTPException):
        return problem(500, "mock failed", f"this is a fault of the mock server: {refusal!r}")
    response = problem(
        refusal.status_code, HTTPStatus(refusal.status_code).phrase.lower(), refusal.detail
    )
    response.headers.update(refusal.headers or {})
    return response
