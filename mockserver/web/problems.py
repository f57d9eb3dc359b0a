"""Builds RFC 9457 problems for the server's own errors, distinct from any vendor's."""

from typing import TYPE_CHECKING, Final

from mockserver.web.problem_kinds import PROBLEM_KINDS
from mockserver.web.redaction import redact_value

if TYPE_CHECKING:
    from starlette.responses import JSONResponse

PROBLEM_MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX: Final = "urn:call-mockserver:problem:"
SALT: Final = "problem"
"""For the masks of what a problem repeats: a request that is refused may have no sandbox."""


TOO_MANY_SANDBOXES: Final = "there are too many: DELETE some at /_mock/sandboxes/{name}"
"""The detail of the problem `too-many-sandboxes`."""


class ProblemError(Exception):
    """A control request that fails; `members` are additional members of the problem."""

    def __init__(self, kind: str, detail: str, **members: object) -> None:
        self.kind = kind
        self.detail = detail
        self.members = members
        super().__init__(kind, detail)


def problem(kind: str, detail: str, **members: object) -> "JSONResponse":
    """Build a problem response.

    `kind` is a key of `PROBLEM_KINDS`, `detail` says what was wrong and what would be right, and
    `members` are additional members. What is secret in them is masked.
    """
    from starlette.responses import JSONResponse  # noqa: PLC0415 - takes 20 ms, and vendor responses need none

    body = redact_value({**problem_body(kind, detail), **members}, SALT)
    headers = {"x-mock-problem": kind}
    return JSONResponse(body, PROBLEM_KINDS[kind].status, headers, PROBLEM_MEDIA_TYPE)


def problem_body(kind: str, detail: str) -> dict[str, object]:
    """The members of a problem without additional ones."""
    status, title, _ = PROBLEM_KINDS[kind]
    return {"type": f"{TYPE_PREFIX}{kind}", "title": title, "status": status, "detail": detail}
