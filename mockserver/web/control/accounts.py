"""Lists, replaces and patches accounts."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.account import Account
from mockserver.core.configuration import AccountKey
from mockserver.core.suggestions import did_you_mean
from mockserver.engine import commands
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.params import read_json_object, sandbox_of, unknown_provider
from mockserver.web.problems import ProblemError
from mockserver.web.views import redaction


async def list_accounts(request: Request) -> JSONResponse:
    state, provider = sandbox_of(request).state, request.path_params["provider"]
    if provider not in state.configuration.providers:
        raise unknown_provider(provider, state.configuration.providers)
    redacted = {
        name: _redact_account(account, state.configuration.seed)
        for (owner, name), account in state.accounts.by_key.items()
        if owner == provider
    }
    return JSONResponse({"accounts": redacted})


async def get_account(request: Request) -> JSONResponse:
    state = sandbox_of(request).state
    return JSONResponse(_redact_account(_find_account(request, state), state.configuration.seed))


async def put_account(request: Request) -> JSONResponse:
    """Create or replace an account; the body has the same keys as in a file."""
    sandbox, body = sandbox_of(request), await read_json_object(request)
    provider, name = request.path_params["provider"], request.path_params["account"]
    if provider not in sandbox.state.configuration.providers:
        raise unknown_provider(provider, sandbox.state.configuration.providers)
    problems = commands.put_account(sandbox.state, (provider, name), body, sandbox.clock.now())
    return _changed_account(sandbox, (provider, name), problems)


async def patch_account(request: Request) -> JSONResponse:
    """Apply a JSON Merge Patch (RFC 7396) to an account: null removes a key."""
    sandbox, patch = sandbox_of(request), await read_json_object(request)
    key = _find_account(request, sandbox.state).key
    problems = commands.patch_account(sandbox.state, key, patch, sandbox.clock.now())
    return _changed_account(sandbox, key, problems)


def _changed_account(sandbox: Sandbox, key: AccountKey, problems: tuple[Any, ...]) -> JSONResponse:
    """Respond with the account as it is now.

    Raises:
        ProblemError: Its document has problems; the detail has all of them.
    """
    if problems:
        lines = [f"{'.'.join(map(str, keys)) or 'account'}: {text}" for keys, text in problems]
        raise ProblemError("invalid-body", "; ".join(lines))
    sandbox.scheduler.wake()
    state = sandbox.state
    return JSONResponse(_redact_account(state.accounts.by_key[key], state.configuration.seed))


def _find_account(request: Request, state: SandboxState) -> Account:
    provider, name = request.path_params["provider"], request.path_params["account"]
    account = state.accounts.by_key.get((provider, name))
    if account is None:
        known = [known for owner, known in state.accounts.by_key if owner == provider]
        hint = did_you_mean(name, known) or f"known: {', '.join(known) or 'none'}"
        raise ProblemError("unknown-account", f"{provider} has no account {name}: {hint}")
    return account


def _redact_account(account: Account, salt: str) -> dict[str, Any]:
    redacted: dict[str, Any] = redaction.redact_value(account.document, salt)
    return redacted


ROUTES = (
    Route("/accounts/{provider}", list_accounts),
    Route("/accounts/{provider}/{account}", get_account, methods=["GET"]),
    Route("/accounts/{provider}/{account}", put_account, methods=["PUT"]),
    Route("/accounts/{provider}/{account}", patch_account, methods=["PATCH"]),
)
