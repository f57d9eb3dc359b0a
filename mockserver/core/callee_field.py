"""Where a request has the number of the callee."""

from collections.abc import Iterator, Mapping

from mockserver.core.account import Account
from mockserver.core.call_flows import CALL_FLOWS
from mockserver.core.http import Request, value_text
from mockserver.core.provider import Endpoint
from mockserver.core.rulebook import RequestContext


def find_callee_field(
    endpoint: Endpoint, account: Account, request: Request, now: int
) -> str | None:
    """Return the path of the field with the number of the callee; None if nobody is called.

    In a request for several calls, it is that of the first call.
    """
    context = RequestContext(request, now, endpoint.operation, account)
    for planned in endpoint.planned_calls(context):
        number = planned.numbers.get(CALL_FLOWS[planned.flow].callee)
        for path, value in _leaves(request.fields):
            if value_text(value) == number:
                return path
    return None


def _leaves(fields: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield (path, value) of each field that is neither an object nor a list."""
    for name, value in fields.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}.")
        elif isinstance(value, list):
            yield from _leaves({str(index): each for index, each in enumerate(value)}, f"{path}.")
        else:
            yield path, value
