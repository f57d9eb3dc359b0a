"""Makes sample requests of any operation, with a credential, that an account accepts as it is."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.accepted_requests import AcceptedRequests, SampleContext, sample_requests
from mockserver.core.account import Account
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.callee_field import find_callee_field
from mockserver.core.field_paths import with_value
from mockserver.core.http import Request as VendorRequest
from mockserver.core.provider import Endpoint
from mockserver.core.suggestions import did_you_mean
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.params import (
    check_keys,
    prefix_of,
    read_json_object,
    sandbox_of,
    unknown_provider,
)
from mockserver.web.problems import ProblemError
from mockserver.web.views.request_text import render_request

USAGE: Final = (
    'send {"account": "shop", "to": "918867136000", "fields": {"calls.0.start-time": "..."}}; '
    "all three are optional"
)


class Sample(NamedTuple):
    """A request that an account accepts, and the time (ms) for which it was made."""

    bound: BoundProvider
    endpoint: Endpoint
    account: Account
    request: VendorRequest
    now: int


async def make_sample(request: Request) -> JSONResponse:
    """Respond with a request of the operation, which is not sent, and with its changed fields."""
    body = await read_json_object(request)
    changes = _parse_changes(body)
    sandbox = sandbox_of(request)
    sample = _find_sample(sandbox.state, request, body.get("account"), sandbox.clock.now())
    bound, endpoint = sample.bound, sample.endpoint
    changed = _with_changes(sample, changes, body.get("to"))
    media_type = bound.form(endpoint.operation).media_type
    prefix = f"{prefix_of(request)}/{bound.provider.name}"
    return JSONResponse(
        {
            "provider": bound.provider.name,
            "operation": endpoint.operation,
            "account": sample.account.name,
            **render_request(endpoint, changed, media_type, prefix),
        }
    )


def _parse_changes(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the `fields` of the body: path -> value.

    Raises:
        ProblemError: The body has another key, or a value of another type.
    """
    check_keys(body, ("account", "to", "fields"), "a sample")
    changes = body.get("fields", {})
    texts = (body.get("account", ""), body.get("to", ""))
    if not isinstance(changes, Mapping) or not all(isinstance(text, str) for text in texts):
        raise ProblemError("invalid-body", USAGE)
    return changes


def _find_sample(
    state: SandboxState, request: Request, account_name: str | None, now: int
) -> Sample:
    """Return the first sample that an account accepts.

    Raises:
        ProblemError: There is no such provider, operation or account, or no account accepts any.
    """
    name, providers = request.path_params["provider"], state.configuration.providers
    if name not in providers:
        raise unknown_provider(name, providers)
    bound = providers[name]
    endpoint = _find_endpoint(bound, request.path_params["operation"])
    refused = dict[str, AcceptedRequests]()
    for account in _find_accounts(state, name, account_name):
        made = sample_requests(bound, endpoint, SampleContext(account, now, state.read_model))
        if made.requests:
            return Sample(bound, endpoint, account, made.requests[0], now)
        refused[account.name] = made
    texts = (f"account {account}: {made.reason}" for account, made in refused.items())
    first = next((made.first for made in refused.values() if made.first), None)
    members = {"first": {"operation": first.operation, "fields": first.fields}} if first else {}
    raise ProblemError("no-sample", "; ".join(texts) or f"{name} has no account", **members)


def _find_endpoint(bound: BoundProvider, operation: str) -> Endpoint:
    """Return the endpoint of the operation that its document shows, if it has several.

    Raises:
        ProblemError: The provider has no such operation; the detail has the nearest name, or all.
    """
    endpoints = bound.provider.endpoints
    found = [each for each in endpoints if each.operation == operation]
    if not found:
        known = [*dict.fromkeys(each.operation for each in endpoints)]
        hint = did_you_mean(operation, known) or f"known: {', '.join(known)}"
        detail = f"{bound.provider.name} has no operation {operation}: {hint}"
        raise ProblemError("unknown-operation", detail)
    method = bound.form(operation).method
    return next((each for each in found if each.method == method), found[0])


def _find_accounts(state: SandboxState, provider: str, name: str | None) -> list[Account]:
    """Return the account with this name, or all of the provider if none is named.

    Raises:
        ProblemError: The provider has no such account; the detail has the nearest name, or all.
    """
    accounts = {
        known: account for (owner, known), account in state.accounts.by_key.items()
        if owner == provider
    }  # fmt: skip
    if name is None:
        return [*accounts.values()]
    if name not in accounts:
        hint = did_you_mean(name, accounts) or f"known: {', '.join(accounts) or 'none'}"
        raise ProblemError("unknown-account", f"{provider} has no account {name}: {hint}")
    return [accounts[name]]


def _with_changes(sample: Sample, changes: Mapping[str, Any], to: str | None) -> VendorRequest:
    """Return the request with these values at these paths, and with this number of the callee.

    Raises:
        ProblemError: The operation has no such field, or calls nobody.
    """
    bound, endpoint, account, request, now = sample
    operation, fields = endpoint.operation, request.fields
    if to is not None:
        path = find_callee_field(endpoint, account, request, now)
        if path is None:
            raise ProblemError("invalid-body", f"{operation} calls nobody: leave out the number")
        changes = {path: to, **changes}
    known = dict.fromkeys((*bound.form(operation).names, *fields))
    for path, value in changes.items():
        name = path.partition(".")[0]
        if name not in known:
            hint = did_you_mean(name, known) or f"it has {', '.join(known) or 'none'}"
            raise ProblemError("invalid-body", f"{operation} has no field {name!r}: {hint}")
        fields = with_value(fields, path, value)
    return request.replace(fields=fields)


ROUTES = (Route("/samples/{provider}/{operation}", make_sample, methods=["POST"]),)
