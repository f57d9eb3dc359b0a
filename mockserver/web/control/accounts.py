"""Lists, replaces and patches accounts."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.account import Account, merge_patch
from mockserver.core.journal import JournalEntry
from mockserver.core.suggestions import did_you_mean
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import update_account
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.params import read_json_object, sandbox_of, unknown_provider
from mockserver.web.problems import ProblemError
from mockserver.web.views import redaction


async def list_accounts(request: Request) -> JSONResponse:
    state, provider = sandbox_of(request).state, request.path_params["provider"]
    if provider not in state.configuration.providers:
        raise unknown_provider(provider, state.configuration.providers)
    accounts = {
        name: account for (owner, name), account in state.accounts.items() if owner == provider
    }
    redacted = {
        name: _redact_account(account, state.configuration.seed)
        for name, account in accounts.items()
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
    return _replace_account(sandbox, (provider, name), body, "PUT", body)


async def patch_account(request: Request) -> JSONResponse:
    """Apply a JSON Merge Patch (RFC 7396) to an account: null removes a key."""
    sandbox, patch = sandbox_of(request), await read_json_object(request)
    account = _find_account(request, sandbox.state)
    document = merge_patch(account.document, patch)
    return _replace_account(sandbox, (account.provider, account.name), document, "PATCH", patch)


def _replace_account(
    sandbox: Sandbox, key: tuple[str, str], document: Any, method: str, body: Any
) -> JSONResponse:
    """Store an account; `key` is (provider, account name).

    `method` and `body` are those of the request, for the journal.

    Raises:
        ProblemError: The document is invalid; the detail has all that is wrong with it.
    """
    state, (provider, name) = sandbox.state, key
    account, problems = state.configuration.parse_account(name, provider, document)
    if account is None:
        lines = [f"{'.'.join(map(str, keys)) or 'account'}: {text}" for keys, text in problems]
        raise ProblemError("invalid-body", "; ".join(lines))
    path = f"/accounts/{provider}/{name}"
    command = {"method": method, "path": path, "body": body}
    now = sandbox.clock.now()
    state.record(JournalEntry(now, "command", "", command))
    update_account(state, account, now)
    sandbox.scheduler.wake()
    return JSONResponse(_redact_account(state.accounts[key], state.configuration.seed))


def _find_account(request: Request, state: SandboxState) -> Account:
    provider, name = request.path_params["provider"], request.path_params["account"]
    account = state.accounts.get((provider, name))
    if account is None:
        known = [known for owner, known in state.accounts if owner == provider]
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
