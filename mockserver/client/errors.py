"""What a client raises, each with a sentence that says what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.client.models import Explained


class MockServerError(Exception):
    """Whatever the mock server, or the way to it, has against what was asked."""


class Unreachable(MockServerError):
    """No mock server answers there."""


class Refused(MockServerError):
    """The control API has refused a request; `status` and `problem` say how."""

    def __init__(self, asked: str, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        told = problem.get("detail") or problem.get("title") or "no reason given"
        super().__init__(f"{asked} -> {status}: {told}")


class NotAccepted(MockServerError):
    """The vendor's API has refused a request; `explained` says by which rule, and what would pass.

    Its text names rule, source, field, value, what would pass, and the usual slips.
    """

    def __init__(self, asked: str, status: int, explained: Explained) -> None:
        self.status = status
        self.explained = explained
        super().__init__(f"{asked} -> {status}: {explained}")


class BlockingCall(MockServerError):
    """A blocking call inside a running event loop, which would wait for itself."""

    def __init__(self) -> None:
        super().__init__(
            "this call blocks, and an event loop is running: use AsyncMockServer "
            "(fixture async_mock_calls) and await it"
        )


class NotInTime(AssertionError):
    """What was waited for has not come; `nearest` says what came nearest, field by field."""

    def __init__(self, wanted: str, problem: Mapping[str, Any]) -> None:
        self.nearest: Sequence[Mapping[str, Any]] = problem.get("nearest", [])
        super().__init__(_format_nearest(f"{wanted}: {problem.get('detail', '')}", self.nearest))


class NotCalled(AssertionError):
    """What should have happened has not, not so often, or not in this order."""

    def __init__(self, sentence: str, nearest: Sequence[Mapping[str, Any]] = ()) -> None:
        self.nearest = nearest
        super().__init__(_format_nearest(sentence, nearest))


def _format_nearest(sentence: str, nearest: Sequence[Mapping[str, Any]]) -> str:
    lines = [sentence]
    for miss in nearest:
        lines.append(f"  {miss['id']} came near, but:")
        lines += [
            f"    {one['field']} is {one['found']!r}, not {one['wanted']!r}"
            for one in miss["differs"]
        ]
    if not nearest:
        lines.append("  there is nothing that comes near")
    return "\n".join(lines)
