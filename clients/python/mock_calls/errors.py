"""The errors that a client raises; their messages say what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from mock_calls.models import Explanation


def hides_frames(caught: Any) -> bool:
    """Whether pytest leaves out the frames of a module that has this as `__tracebackhide__`.

    `caught` is the `ExceptionInfo` of pytest. The frames of an error that nobody foresaw stay.
    """
    return caught is not None and isinstance(caught.value, EXPECTED_ERRORS)


class MockServerError(Exception):
    """The base of the errors for a request that failed or was refused."""


class ConnectionFailed(MockServerError):
    """No mock server answers at the origin."""


class ControlError(MockServerError):
    """The control API refused a request.

    `status` is the HTTP status, `problem` the JSON of the response. The `type` of the problem is
    stable; title and detail are for people.
    """

    def __init__(self, asked: str, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        reason = problem.get("detail") or problem.get("title") or "no reason given"
        super().__init__(f"{asked} -> {status}: {reason}")


class RequestRefused(MockServerError):
    """The vendor's API refused a request.

    `status` is the HTTP status. `explanation` says which rule refused the request and what would
    pass. The message shows the rule and its evidence, the field, its value, what would pass, and
    hints.
    """

    def __init__(self, asked: str, status: int, explanation: Explanation) -> None:
        self.status = status
        self.explanation = explanation
        super().__init__(f"{asked} -> {status}: {explanation}")


class BlockingCall(MockServerError):
    """A blocking call inside a task of an event loop, all tasks of which it would block."""

    def __init__(self) -> None:
        super().__init__(
            "this call blocks, and it is made inside a task of an event loop: use AsyncMockServer "
            "(fixture async_mock_calls) and await it"
        )


class NotAttachable(MockServerError, TypeError):
    """An object is neither an ASGI nor a WSGI application; the message says what to attach."""

    def __init__(self, application: object, cure: str) -> None:
        what = f"{application!r:.80} of type {type(application).__name__}"
        super().__init__(
            f"attach() takes an ASGI or a WSGI application, and {what} is neither: {cure}"
        )


class LifespanFailed(MockServerError):
    """An attached application did not start, or did not end; the message has what it said."""


class WaitTimeout(AssertionError):
    """A wait timed out; `nearest` lists the nearest items and how each field differs."""

    def __init__(self, awaited: str, problem: Mapping[str, Any]) -> None:
        self.nearest: Sequence[Mapping[str, Any]] = problem.get("nearest", [])
        super().__init__(_format_nearest(f"{awaited}: {problem.get('detail', '')}", self.nearest))


class NotCalled(AssertionError):
    """Requests or webhooks did not occur as often, or not in the order, that a test asserts."""

    def __init__(self, sentence: str, nearest: Sequence[Mapping[str, Any]] = ()) -> None:
        self.nearest = nearest
        super().__init__(_format_nearest(sentence, nearest))


EXPECTED_ERRORS = (MockServerError, WaitTimeout, NotCalled)


def _format_nearest(sentence: str, nearest: Sequence[Mapping[str, Any]]) -> str:
    lines = [sentence]
    for item in nearest:
        lines.append(f"  {item['id']} came near, but:")
        lines += [
            f"    {difference['field']} is {difference['actual']!r}, not {difference['expected']!r}"
            for difference in item["differs"]
        ]
    if not nearest:
        lines.append("  there is nothing that comes near")
    return "\n".join(lines)
