"""Lists, replaces and patches accounts."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.core.account import Account, merge_patch
from mockserver.core.configuration import AccountKey, Configuration
from mockserver.core.suggestions import did_you_mean
from mockserver.engine import commands
from mockserver.engine.account_conflicts import credential_conflicts
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.listing import encode_json, respond_with_texts, separated
from mockserver.web.control.params import (
    dependencies_of,
    read_json_object,
    sandbox_of,
    unknown_provider,
)
from mockserver.web.problems import ProblemError
from mockserver.web.redaction import redact_item
from mockserver.web.slices import Job, run_in_slices, weigh

ReadAccount = tuple[Account | None, tuple[Any, ...]]
"""What `commands.read_account` returns."""

MAX_TRIES: Final = 3  # to read a patched account before it changes


async def list_accounts(request: Request) -> Response:
    state, provider = sandbox_of(request).state, request.path_params["provider"]
    seed = state.configuration.seed
    if provider not in state.configuration.providers:
        raise unknown_provider(provider, state.configuration.providers)
    accounts = {
        name: account
        for (owner, name), account in state.accounts.by_key.items()
        if owner == provider
    }
    jobs = (
        Job(weigh(account.document), partial(_render_member, name, account, seed))
        for name, account in accounts.items()
    )
    texts = [text async for text in run_in_slices(jobs, dependencies_of(request).background)]
    parts = [b'{"accounts":{', *separated(texts), b"}}"]
    return respond_with_texts(request, parts, "application/json")


async def get_account(request: Request) -> Response:
    return await _respond(request, _find_account(request, sandbox_of(request).state))


async def put_account(request: Request) -> Response:
    """Create or replace an account; the body has the same keys as in a file."""
    sandbox, body = sandbox_of(request), await read_json_object(request)
    provider, name = request.path_params["provider"], request.path_params["account"]
    if provider not in sandbox.state.configuration.providers:
        raise unknown_provider(provider, sandbox.state.configuration.providers)
    configuration = sandbox.state.configuration
    read = partial(commands.read_account, configuration, (provider, name), body)
    account = await _read_account(request, read)
    _check_conflicts(sandbox.state, account)
    commands.put_account(sandbox.state, account, body, sandbox.clock.now())
    return await _changed_account(request, account.key)


async def patch_account(request: Request) -> Response:
    """Apply a JSON Merge Patch (RFC 7396) to an account: null removes a key."""
    sandbox, patch = sandbox_of(request), await read_json_object(request)
    account = await _patched_account(request, sandbox.state, patch)
    _check_conflicts(sandbox.state, account)
    commands.patch_account(sandbox.state, account, patch, sandbox.clock.now())
    return await _changed_account(request, account.key)


async def _patched_account(
    request: Request, state: SandboxState, patch: Mapping[str, Any]
) -> Account:
    """Return the account with the patch, read in the background.

    If the account has changed meanwhile, as by a call, it is read anew; in the end at once.

    Raises:
        ProblemError: There is no such account, or its document has problems.
    """
    for _ in range(MAX_TRIES):
        before = _find_account(request, state)
        read = partial(_read_patched, state.configuration, before, patch)
        account = await _read_account(request, read)
        if state.accounts.by_key.get(before.key) is before:
            return account
    before = _find_account(request, state)
    return _without_problems(*_read_patched(state.configuration, before, patch))


def _read_patched(
    configuration: Configuration, account: Account, patch: Mapping[str, Any]
) -> ReadAccount:
    document = merge_patch(account.document, patch)
    return commands.read_account(configuration, account.key, document)


async def _read_account(request: Request, read: Callable[[], ReadAccount]) -> Account:
    """Read an account in the background.

    Raises:
        ProblemError: as `_without_problems`.
    """
    return _without_problems(*await dependencies_of(request).background.run(read))


def _without_problems(account: Account | None, problems: tuple[Any, ...]) -> Account:
    """Return the account.

    Raises:
        ProblemError: Its document has problems; the detail has all of them.
    """
    if account is None:
        lines = [f"{'.'.join(map(str, keys)) or 'account'}: {text}" for keys, text in problems]
        raise ProblemError("invalid-body", "; ".join(lines))
    return account


def _check_conflicts(state: SandboxState, account: Account) -> None:
    """Refuse an account with a credential of another one.

    Raises:
        ProblemError: as `_without_problems`.
    """
    if conflicts := credential_conflicts(state, account):
        _without_problems(None, conflicts)


async def _changed_account(request: Request, key: AccountKey) -> Response:
    """Respond with the account as it is now."""
    sandbox = sandbox_of(request)
    sandbox.scheduler.wake()
    return await _respond(request, sandbox.state.accounts.by_key[key])


def _find_account(request: Request, state: SandboxState) -> Account:
    provider, name = request.path_params["provider"], request.path_params["account"]
    account = state.accounts.by_key.get((provider, name))
    if account is None:
        known = [known for owner, known in state.accounts.by_key if owner == provider]
        hint = did_you_mean(name, known) or f"known: {', '.join(known) or 'none'}"
        raise ProblemError("unknown-account", f"{provider} has no account {name}: {hint}")
    return account


async def _respond(request: Request, account: Account) -> Response:
    seed = sandbox_of(request).state.configuration.seed
    job = Job(weigh(account.document), partial(_render_account, account, seed))
    texts = run_in_slices([job], dependencies_of(request).background)
    return respond_with_texts(request, [text async for text in texts], "application/json")


def _render_member(name: str, account: Account, salt: str) -> bytes:
    return encode_json(name).encode() + b":" + _render_account(account, salt)


def _render_account(account: Account, salt: str) -> bytes:
    return encode_json(redact_item(account.document, salt)).encode()


ROUTES = (
    Route("/accounts/{provider}", list_accounts),
    Route("/accounts/{provider}/{account}", get_account, methods=["GET"]),
    Route("/accounts/{provider}/{account}", put_account, methods=["PUT"]),
    Route("/accounts/{provider}/{account}", patch_account, methods=["PATCH"]),
)
