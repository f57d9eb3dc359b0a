"""Accounts as they would stand in a file, and changes to them by JSON Merge Patch."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.account import Account, merge_patch
from mockserver.core.journal import JournalEntry
from mockserver.core.suggestions import did_you_mean
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import update_account
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.params import read_json_object, sandbox_of
from mockserver.web.views import redaction


async def list_accounts(request: Request) -> JSONResponse:
    store, provider = sandbox_of(request).state, request.path_params["provider"]
    if provider not in store.configuration.providers:
        hint = did_you_mean(provider, store.configuration.providers)
        raise HTTPException(404, f"no provider is named {provider}: {hint}")
    mine = {name: one for (owner, name), one in store.accounts.items() if owner == provider}
    shown = {name: _redact_account(one, store.configuration.seed) for name, one in mine.items()}
    return JSONResponse({"accounts": shown})


async def get_account(request: Request) -> JSONResponse:
    store = sandbox_of(request).state
    return JSONResponse(_redact_account(_find_account(request, store), store.configuration.seed))


async def put_account(request: Request) -> JSONResponse:
    """The whole account as it would stand in a file; a new one, or in place of the old."""
    sandbox, body = sandbox_of(request), await read_json_object(request)
    provider, name = request.path_params["provider"], request.path_params["account"]
    if provider not in sandbox.state.configuration.providers:
        hint = did_you_mean(provider, sandbox.state.configuration.providers)
        raise HTTPException(404, f"no provider is named {provider}: {hint}")
    return _replace_account(sandbox, (provider, name), body, ("PUT", body))


async def patch_account(request: Request) -> JSONResponse:
    """A JSON Merge Patch (RFC 7396): null takes a key away."""
    sandbox, patch = sandbox_of(request), await read_json_object(request)
    known = _find_account(request, sandbox.state)
    document = merge_patch(known.document, patch)
    return _replace_account(sandbox, (known.provider, known.name), document, ("PATCH", patch))


def _replace_account(
    sandbox: Sandbox, key: tuple[str, str], document: Any, method_and_body: tuple[str, Any]
) -> JSONResponse:
    """`asked` is the method and the body that led to this document."""
    store, (provider, name) = sandbox.state, key
    account, flaws = store.configuration.parse_account(name, provider, document)
    if account is None:
        told = [f"{'.'.join(map(str, path)) or 'account'}: {what}" for path, what in flaws]
        raise HTTPException(422, "; ".join(told))
    path = f"/accounts/{provider}/{name}"
    control = {"method": method_and_body[0], "path": path, "body": method_and_body[1]}
    now = sandbox.clock.now()
    store.record(JournalEntry(now, "control", "", control))
    update_account(store, account, now)
    sandbox.scheduler.wake()
    return JSONResponse(_redact_account(store.accounts[key], store.configuration.seed))


def _find_account(request: Request, state: SandboxState) -> Account:
    provider, name = request.path_params["provider"], request.path_params["account"]
    account = state.accounts.get((provider, name))
    if account is None:
        known = [known for owner, known in state.accounts if owner == provider]
        hint = did_you_mean(name, known) or f"known: {', '.join(known) or 'none'}"
        raise HTTPException(404, f"{provider} has no account {name}: {hint}")
    return account


def _redact_account(account: Account, salt: str) -> dict[str, Any]:
    shown: dict[str, Any] = redaction.redact_value(account.document, salt)
    return shown


ROUTES = (
    Route("/accounts/{provider}", list_accounts),
    Route("/accounts/{provider}/{account}", get_account, methods=["GET"]),
    Route("/accounts/{provider}/{account}", put_account, methods=["PUT"]),
    Route("/accounts/{provider}/{account}", patch_account, methods=["PATCH"]),
)
