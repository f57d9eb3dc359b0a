"""Accounts as they would stand in a file, and changes to them by JSON Merge Patch."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.account import Account, merge_patch
from mockserver.core.journal import JournalEntry
from mockserver.core.suggestions import did_you_mean
from mockserver.engine.simulation import amend
from mockserver.engine.store import Store
from mockserver.runtime.sandbox import Sandbox
from mockserver.web import masking
from mockserver.web.control.reading import object_of, sandbox_of


async def accounts(request: Request) -> JSONResponse:
    store, provider = sandbox_of(request).store, request.path_params["provider"]
    if provider not in store.world.listings:
        hint = did_you_mean(provider, store.world.listings)
        raise HTTPException(404, f"no provider is named {provider}: {hint}")
    mine = {name: one for (owner, name), one in store.accounts.items() if owner == provider}
    shown = {name: _shown(one, store.world.seed) for name, one in mine.items()}
    return JSONResponse({"accounts": shown})


async def show(request: Request) -> JSONResponse:
    store = sandbox_of(request).store
    return JSONResponse(_shown(_account(request, store), store.world.seed))


async def put(request: Request) -> JSONResponse:
    """The whole account as it would stand in a file; a new one, or in place of the old."""
    sandbox, body = sandbox_of(request), await object_of(request)
    provider, name = request.path_params["provider"], request.path_params["account"]
    if provider not in sandbox.store.world.listings:
        hint = did_you_mean(provider, sandbox.store.world.listings)
        raise HTTPException(404, f"no provider is named {provider}: {hint}")
    return _set(sandbox, (provider, name), body, ("PUT", body))


async def change(request: Request) -> JSONResponse:
    """A JSON Merge Patch (RFC 7396): null takes a key away."""
    sandbox, patch = sandbox_of(request), await object_of(request)
    known = _account(request, sandbox.store)
    document = merge_patch(known.document, patch)
    return _set(sandbox, (known.provider, known.name), document, ("PATCH", patch))


def _set(
    sandbox: Sandbox, key: tuple[str, str], document: Any, asked: tuple[str, Any]
) -> JSONResponse:
    """`asked` is the method and the body that led to this document."""
    store, (provider, name) = sandbox.store, key
    account, flaws = store.world.read_account(name, provider, document)
    if account is None:
        told = [f"{'.'.join(map(str, path)) or 'account'}: {what}" for path, what in flaws]
        raise HTTPException(422, "; ".join(told))
    path = f"/accounts/{provider}/{name}"
    control = {"method": asked[0], "path": path, "body": asked[1]}
    now = sandbox.clock.now()
    store.record(JournalEntry(now, "control", "", control))
    amend(store, account, now)
    sandbox.driver.nudge()
    return JSONResponse(_shown(store.accounts[key], store.world.seed))


def _account(request: Request, store: Store) -> Account:
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
