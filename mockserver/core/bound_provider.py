"""A provider bound to its schema file: the checks of its requests, and the examples."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from mockserver.core.provider import Provider
from mockserver.core.rulebook import Violation


def no_examples(_: str) -> tuple[Mapping[str, Any], ...]:
    return ()


Check = Callable[[Mapping[str, object]], tuple[Violation, ...]]
Accepts = Callable[[Mapping[str, object]], bool]
UNDECIDED: Final = (ValueError, TypeError, OverflowError, RecursionError)
"""What an `Accepts` raises for fields that it cannot read, such as a file."""


def accept_nothing(_: Mapping[str, object]) -> bool:
    return False


def no_acceptor(_: str) -> Accepts:
    """For a provider of which every request is checked."""
    return accept_nothing


class RequestForm(NamedTuple):
    """How an operation is requested: method, media type of the body, names of the fields."""

    method: str
    media_type: str
    names: tuple[str, ...]


def no_form(_: str) -> RequestForm:
    return RequestForm("", "", ())


class Example(NamedTuple):
    """A documented request: its name, what it is, and its fields."""

    name: str
    summary: str
    fields: Mapping[str, Any]


class OperationOutline(NamedTuple):
    """What the schema file says of an operation in a sentence, its media types and examples."""

    summary: str
    types: tuple[str, ...]
    examples: tuple[Example, ...]


def no_outline(_: str) -> OperationOutline:
    return OperationOutline("", (), ())


class BoundProvider(NamedTuple):
    """A provider with the compiled checks of its schema file.

    `checks` has one for each operation: fields -> violations. `document` loads the schema file.
    """

    provider: Provider
    checks: Mapping[str, Check]
    document: Callable[[], Mapping[str, Any]]
    examples: Callable[[str], tuple[Mapping[str, Any], ...]] = no_examples
    """Operation -> the parameters of each example request in the schema file."""
    acceptor: Callable[[str], Accepts] = no_acceptor
    """Operation -> what is true for sound fields; where it is not, the check decides."""
    form: Callable[[str], RequestForm] = no_form
    """Operation -> how it is requested."""
    outline: Callable[[str], OperationOutline] = no_outline
    """Operation -> its summary, media types and documented requests."""
