"""Reads the parameters of control requests: sandbox, call, body, and names in the query."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from starlette.requests import Request

from mockserver.core.call import Call
from mockserver.core.old_words import describe_old_word
from mockserver.core.suggestions import did_you_mean
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, SandboxRegistry, TooManySandboxes
from mockserver.web.dependencies import Dependencies, dependencies_in, request_info_in
from mockserver.web.problems import TOO_MANY_SANDBOXES, ProblemError
from mockserver.web.slices import pause_if_long
from mockserver.web.vendor.content_encoding import MalformedBody, read_plain_body
from mockserver.web.vendor.request import DEFAULT_BODY_LIMIT, BodyTooLarge, ClientDisconnected
from mockserver.web.views.body_preview import is_json_safe

READING_METHODS = ("GET", "HEAD")


def dependencies_of(request: Request) -> Dependencies:
    return dependencies_in(request.scope)


def sandbox_of(request: Request) -> Sandbox:
    """Return the sandbox of the request, created if it does not exist, unless that is a GET.

    Raises:
        ProblemError: There are too many sandboxes, a GET is below an unknown one, or the store's
            cannot go on.
    """
    info = request_info_in(request.scope)
    if info.sandbox is not None:
        return info.sandbox
    if reason := sandboxes_of(request).refused.get(info.sandbox_name):
        raise ProblemError("sandbox-refused", reason)
    if request.method in READING_METHODS:
        raise _missing_sandbox(request, info.sandbox_name)
    try:
        sandbox = sandboxes_of(request).get_or_create(info.sandbox_name)
    except TooManySandboxes:
        raise ProblemError("too-many-sandboxes", TOO_MANY_SANDBOXES) from None
    info.sandbox = sandbox
    return sandbox


def existing_sandbox_of(request: Request) -> Sandbox:
    """Return the sandbox of a request that anybody may send, and that may create none.

    Raises:
        ProblemError: There is no such sandbox. It names no other one: anybody may read it.
    """
    info = request_info_in(request.scope)
    if info.sandbox is None:
        if info.sandbox_name in sandboxes_of(request).asleep:
            raise _missing_sandbox(request, info.sandbox_name)
        raise ProblemError("unknown-sandbox", describe_missing_sandbox(info.sandbox_name))
    return info.sandbox


async def wake_sandbox(request: Request, name: str) -> Sandbox:
    """Return the sandbox of this name; one that sleeps is built again first.

    Raises:
        ProblemError: there is none, it is refused, or there is no room for it.
    """
    registry = sandboxes_of(request)
    await registry.wake(name)
    sandbox = registry.find(name)
    if sandbox is None:
        raise _missing_sandbox(request, name)
    return sandbox


def _missing_sandbox(request: Request, name: str) -> ProblemError:
    """Build the problem of a sandbox that is not here: refused, asleep without room, or unknown."""
    registry = sandboxes_of(request)
    if reason := registry.refused.get(name):
        return ProblemError("sandbox-refused", reason)
    if name in registry.asleep:
        return ProblemError("too-many-sandboxes", TOO_MANY_SANDBOXES)
    hint = did_you_mean(name, registry.names)
    return ProblemError("unknown-sandbox", describe_missing_sandbox(name, hint))


def describe_missing_sandbox(name: str, hint: str = "") -> str:
    """Say that no sandbox has this name, and how it comes to be or which one may be meant."""
    hint = hint or "the first vendor request or change creates it"
    return f"no sandbox is named {name}: {hint}"


def prefix_of(request: Request) -> str:
    """The path prefix of links into the sandbox of the request; empty for the default one."""
    name = request_info_in(request.scope).sandbox_name or DEFAULT_SANDBOX
    return "" if name == DEFAULT_SANDBOX else f"/_sandbox/{name}"


def sandboxes_of(request: Request) -> SandboxRegistry:
    return dependencies_of(request).sandboxes


def call_of(request: Request) -> Call:
    """Return the call that the path names, as `find_call`."""
    return find_call(request, request.path_params["id"])


def find_call(request: Request, call_id: str) -> Call:
    """Return the call with this id.

    Raises:
        ProblemError: There is no such call; the detail has the nearest id.
    """
    calls = sandbox_of(request).state.calls.by_id
    if call_id not in calls:
        hint = did_you_mean(call_id, calls) or "GET /_mock/calls lists them"
        raise ProblemError("unknown-call", f"no call is named {call_id}: {hint}")
    return calls[call_id]


async def read_json_object(request: Request) -> dict[str, Any]:
    """Read the body, a JSON object.

    Raises:
        ProblemError: It is not a JSON object, or as `read_request_body`.
    """
    body = await read_request_body(request)
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_reject_constant)
    except (ValueError, RecursionError) as error:
        raise ProblemError("invalid-body", f"the body is not JSON: {error}") from None
    await pause_if_long(body)
    if not isinstance(value, dict) or not is_json_safe(value):
        raise ProblemError(
            "invalid-body", "the body is not a JSON object of finite numbers and Unicode text"
        )
    return value


async def read_request_body(request: Request) -> bytes:
    """Read the body, of at most 1 MB; a compressed one is unpacked.

    Raises:
        ProblemError: The body is larger or malformed, or the client has disconnected.
    """
    try:
        return await read_plain_body(request.receive, request.headers, DEFAULT_BODY_LIMIT)
    except MalformedBody as error:
        raise ProblemError("bad-request", str(error)) from None
    except BodyTooLarge:
        raise ProblemError(
            "body-too-large", "a request to the control API can have at most 1 MB"
        ) from None
    except ClientDisconnected:
        raise ProblemError("bad-request", "the client has disconnected") from None


def check_query(request: Request, known_names: Collection[str]) -> None:
    """Check that the route takes every query parameter of the request.

    Raises:
        ProblemError: One is unknown; the detail has the nearest name, or all names.
    """
    for name in request.query_params:
        if name not in known_names:
            names = ", ".join(known_names) or "no query parameters"
            hint = did_you_mean(name, known_names) or f"it takes {names}"
            path = request.url.path
            raise ProblemError("invalid-query", f"{path} takes no query parameter {name!r}: {hint}")


def unknown_provider(name: str, providers: Collection[str]) -> ProblemError:
    """Build the error for a provider that is not there, with the nearest name or all names."""
    hint = did_you_mean(name, providers) or f"known: {', '.join(providers)}"
    return ProblemError("unknown-provider", f"no provider is named {name}: {hint}")


def check_keys(keys: Iterable[str], known_keys: Collection[str], subject: str) -> None:
    """Check that every key is known; `subject` is what has them, such as `a wait`.

    Raises:
        ProblemError: One is unknown; the detail has the nearest key, or all keys.
    """
    for key in keys:
        if key not in known_keys:
            names = ", ".join(known_keys) or "no keys"
            hint = did_you_mean(key, known_keys) or f"it takes {names}"
            raise ProblemError("invalid-body", f"{subject} takes no {key!r:.80}: {hint}")


def check_old_words(words: Iterable[str], new_words: Mapping[str, str]) -> None:
    """Check that no word is an old one; `new_words` maps old words to new ones.

    Raises:
        ProblemError: One is old; the detail says its new word.
    """
    for word in words:
        if word in new_words:
            raise ProblemError("invalid-body", describe_old_word(word, new_words[word]))


def _reject_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
