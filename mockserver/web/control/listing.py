"""Responds with long lists and texts, which are rendered and sent in slices."""

import json
from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from functools import partial
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.pages import (
    FIELDS,
    paginate,
    read_text,
    read_word,
    select_by_id,
)
from mockserver.web.control.params import dependencies_of, sandbox_of
from mockserver.web.slices import Job, pause_if_many, run_in_slices

MAX_PIECE: Final = 262_144  # bytes that are sent at once

ListedItem = Mapping[str, Any]
"""What a list is filtered and paged by, such as `id`, and the `value` itself."""

encode_json: Final = partial(json.dumps, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class ItemKind(NamedTuple):
    """Calls, requests or webhooks; `name` is the key of the list.

    `build_job` returns the job that serializes a value, `version` what differs if it would be
    serialized otherwise. `unread_values` yields (id, value) of those that may be new or have
    changed, oldest first, given those that are known by their ids. `count` counts all there are,
    `ids` returns their ids, `evicted` counts those that there were. `summarize` returns the job
    that serializes a few fields of a value.
    """

    name: str
    build_job: Callable[[Request, Any], Job[dict[str, Any]]]
    version: Callable[[Sandbox, Any], object]
    unread_values: Callable[[Sandbox, Collection[str]], Iterable[tuple[str, Any]]]
    count: Callable[[Sandbox], int]
    ids: Callable[[Sandbox], Collection[str]]
    evicted: Callable[[Sandbox], int]
    summarize: Callable[[Request, Any], Job[dict[str, Any]]]


async def respond_with_page(
    request: Request, kind: ItemKind, items: Iterable[ListedItem]
) -> Response:
    """Respond with a page of those items that `ids` and `q` select, whole or as summaries."""
    is_summary = read_word(request, "fields", FIELDS) == "summary"
    selected = select_by_id(items, request, kind.ids(sandbox_of(request)))
    if text := read_text(request):
        selected = await _find_text(request, kind, selected, text)
    page, evicted = paginate(selected, request), kind.evicted(sandbox_of(request))
    shown = kind._replace(build_job=kind.summarize) if is_summary else kind
    members = {"evicted": evicted, "total": len(selected)}
    return await respond_with_items(request, shown, page, members)


async def _find_text(
    request: Request, kind: ItemKind, items: Sequence[ListedItem], text: str
) -> list[ListedItem]:
    """Return the items that have the text somewhere in what is shown of them, in any case."""
    wanted = encode_json(text)[1:-1]
    jobs = (_search_job(kind.build_job(request, item["value"]), wanted) for item in items)
    results = run_in_slices(jobs, dependencies_of(request).background)
    found = [is_found async for is_found in results]
    return [item for item, is_found in zip(items, found, strict=True) if is_found]


def _search_job(job: Job[dict[str, Any]], wanted: str) -> Job[bool]:
    return Job(job.weight, lambda: wanted in encode_json(job.run()).casefold())


async def respond_with_items(
    request: Request,
    kind: ItemKind,
    items: Sequence[ListedItem],
    members: Mapping[str, object] = EMPTY_MAPPING,
) -> Response:
    """Respond with items, and with other members behind their list."""
    await pause_if_many(items)
    jobs = (encoded(kind.build_job(request, item["value"])) for item in items)
    return await respond_with_json(request, kind.name, jobs, members)


async def respond_with_item(request: Request, job: Job[dict[str, Any]]) -> Response:
    """Respond with what a job returns, run on another thread if that takes long."""
    results = run_in_slices((encoded(job),), dependencies_of(request).background)
    return respond_with_texts(request, [text async for text in results], "application/json")


async def respond_with_json(
    request: Request,
    name: str,
    jobs: Iterable[Job[bytes]],
    members: Mapping[str, object] = EMPTY_MAPPING,
    before: Mapping[str, object] = EMPTY_MAPPING,
) -> Response:
    """Respond with an object: `before`, a list of what the jobs return, then `members`."""
    texts = [text async for text in run_in_slices(jobs, dependencies_of(request).background)]
    await pause_if_many(texts)
    first = "".join(f"{encode_json(key)}:{encode_json(value)}," for key, value in before.items())
    rest = "".join(f",{encode_json(key)}:{encode_json(value)}" for key, value in members.items())
    heading, end = f"{{{first}{encode_json(name)}:[", f"]{rest}}}"
    parts = [heading.encode(), *separated(texts), end.encode()]
    return respond_with_texts(request, parts, "application/json")


def separated(texts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the texts, and a comma between two of them: to join megabytes takes some ms."""
    for index, text in enumerate(texts):
        if index:
            yield b","
        yield text


def encoded(job: Job[dict[str, Any]]) -> Job[bytes]:
    """A job that returns the item as JSON."""
    return Job(job.weight, lambda: encode_json(job.run()).encode())


async def respond_with_lines(
    request: Request, jobs: Iterable[Job[str]], media_type: str
) -> Response:
    """Respond with the lines that the jobs return; an empty text is none."""
    lines = run_in_slices(jobs, dependencies_of(request).background)
    texts = [f"{line}\n".encode() async for line in lines if line]
    await pause_if_many(texts)
    return respond_with_texts(request, texts, media_type)


def respond_with_texts(request: Request, texts: Sequence[bytes], media_type: str) -> Response:
    """Respond with a text in parts; a long one is sent in pieces."""
    size = sum(map(len, texts))
    if size <= MAX_PIECE:
        return Response(b"".join(texts), media_type=media_type)
    headers = {"content-length": str(size)}
    if request.method == "HEAD":
        return Response(None, headers=headers, media_type=media_type)
    return StreamingResponse(_join_pieces(texts), headers=headers, media_type=media_type)


async def _join_pieces(texts: Iterable[bytes]) -> AsyncIterator[bytes]:
    parts: list[bytes] = []
    size = 0
    for text in texts:
        parts.append(text)
        size += len(text)
        if size > MAX_PIECE:
            yield b"".join(parts)
            parts, size = [], 0
    yield b"".join(parts)
