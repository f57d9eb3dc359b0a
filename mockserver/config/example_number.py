"""Make numbers that end in digits of the number plan, in the form that a provider accepts."""

from mockserver.config.registry import load_providers
from mockserver.core.call_flows import CALL_FLOWS
from mockserver.core.http import Request
from mockserver.core.rulebook import RequestContext


def example_number(plan_digits: str, provider: str | None) -> str:
    """Return a number that ends in these digits of the number plan and that the provider accepts.

    Raises:
        LookupError: there is no such provider, or it dials no numbers.
    """
    if provider is None:
        return f"9188{plan_digits}"
    providers = load_providers()
    if provider not in providers:
        raise LookupError(f"no provider is named {provider!r}; known: {', '.join(providers)}")
    bound = providers[provider]
    for endpoint in bound.provider.endpoints:
        for example in bound.examples(endpoint.operation):
            request = Request(endpoint.method, endpoint.path, fields=example)
            for planned in endpoint.planned_calls(RequestContext(request, 0)):
                callee = CALL_FLOWS[planned.flow].callee
                return _replace_ending(planned.numbers[callee], plan_digits)
    raise LookupError(f"{provider} dials no numbers")


def _replace_ending(number: str, plan_digits: str) -> str:
    """Return the number in plain digits, with its `+` if any, and the last digits replaced."""
    digits = "".join(filter(str.isdecimal, number))
    return "+" * number.startswith("+") + digits[: -len(plan_digits)] + plan_digits
