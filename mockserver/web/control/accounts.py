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
from mockserver.web import masking
from mockserver.web.control.reading import object_of, sandbox_of


async def accounts(request: Request) -> JSONResponse:
    store, provider = sandbox_of(request).state, request.path_params["provider"]
    if provider not in store.configuration.providers:
        hint = did_you_mean(provider, store.configuration.providers)
        raise HTTPException(404, f"no provider is named {provider}: {hint}")
    mine = {name: one for (owner, name), one in store.accounts.items() if owner == provider}
    shown = {name: _shown(one, store.configuration.seed) for name, one in mine.items()}
    return JSONResponse({"accounts": shown})


async def show(request: Request) -> JSONResponse:
    store = sandbox_of(request).state
    return JSONResponse(_shown(_account(request, store), store.configuration.seed))


async def put(request: Request) -> JSONResponse:
    """The whole account as it would stand in a file; a new one, or in place of the old."""
    sandbox, body = sandbox_of(request), await object_of(request)
    provider, name = request.path_params["provider"], request.path_params["account"]
    if provider not in sandbox.state.configuration.providers:
        hint = did_you_mean(provider, sandbox.state.configuration.providers)
        raise HTTPException(404, f"no provider is named {provider}: {hint}")
    return _set(sandbox, (provider, name), body, ("PUT", body))


async def change(request: Request) -> JSONResponse:
    """A JSON Merge Patch (RFC 7396): null takes a key away."""
    sandbox, patch = sandbox_of(request), await object_of(request)
    known = _account(request, sandbox.state)
    document = merge_patch(known.document, patch)
    return _set(sandbox, (known.provider, known.name), document, ("PATCH", patch))


def _set(
    sandbox: Sandbox, key: tuple[str, str], document: Any, asked: tuple[str, Any]
) -> JSONResponse:
    """`asked` is the method and the body that led to this document."""
    store, (provider, name) = sandbox.state, key
    account, flaws = store.configuration.parse_account(name, provider, document)
    if account is None:
        told = [f"{'.'.join(map(str, path)) or 'account'}: {what}" for path, what in flaws]
        raise HTTPException(422, "; ".join(told))
    path = f"/accounts/{provider}/{name}"
    control = {"method": asked[0], "path": path, "body": asked[1]}
    now = sandbox.clock.now()
    store.record(JournalEntry(now, "control", "", control))
    update_account(store, account, now)
    sandbox.scheduler.wake()
    return JSONResponse(_shown(store.accounts[key], store.configuration.seed))


def _account(request: Request, store: SandboxState) -> Account:
    provider, name = request.path_params["provider"], request.path_params["account"]
    account = store.accounts.get((provider, name))
    if account is None:
        known = [known for owner, known in store.accounts if owner == provider]
        hint = did_you_mean(name, known) or f"known: {', '.join(known) or 'none'}"
        raise HTTPException(404, f"{provider} has no account {name}: {hint}")
    return account


def _shown(account: Account, salt: str) -> dict[str, Any]:
    shown: dict[str, Any] = masking.value(account.document, salt)
    return shown


ROUTES = (
    Route("/accounts/{provider}", accounts),
    Route("/accounts/{provider}/{account}", show, methods=["GET"]),
    Route("/accounts/{provider}/{account}", put, methods=["PUT"]),
    Route("/accounts/{provider}/{account}", change, methods=["PATCH"]),
)
