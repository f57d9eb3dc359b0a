"""Compressed bodies are read like plain ones, within the same limits."""

import asyncio
import gzip
import json
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from mockserver.core.configuration import Configuration
from mockserver.web.vendor.content_encoding import SLICE, MalformedBody, unpack
from mockserver.web.vendor.request import DEFAULT_BODY_LIMIT, BodyTooLarge
from tests.support import read
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS, read_problem

PLAIN = json.dumps(dict(CLICK_TO_CALL)).encode()


def deflate_raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip in capitals": ("GZIP", gzip.compress),
    "its old name": ("x-gzip", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "raw deflate": ("deflate", deflate_raw),
    "identity": ("identity", bytes),
}


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


@pytest.mark.parametrize("name", PACKERS)
def test_a_vendor_reads_a_compressed_body_like_a_plain_one(edge: EdgeSite, name: str) -> None:
    encoding, pack = PACKERS[name]
    headers = HEADERS | {"content-encoding": encoding, "content-type": "application/json"}
    packed = pack(PLAIN)
    response = edge.request("POST", CLICK_TO_CALL_PATH, content=packed, headers=headers)
    assert response.status_code == 200
    [exchange] = read.exchanges(edge.default.state)
    assert (exchange.request.body, len(exchange.call_ids)) == (PLAIN, 1)
    assert exchange.request.headers["content-encoding"] == encoding


def test_control_routes_and_inboxes_read_compressed_bodies(edge: EdgeSite) -> None:
    headers = {"content-encoding": "gzip"}
    program = gzip.compress(b'{"responses": [503]}')
    edge.request("PUT", "/_mock/inboxes/x", content=program, headers=headers)
    body = gzip.compress(b'{"a": 1}')
    assert (
        edge.request("POST", "/_mock/receive/x", content=body, headers=headers).status_code == 503
    )
    [received] = edge.get_json("/_mock/inboxes/x")["received"]
    assert received["body"] == {"a": 1}


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_an_empty_body_needs_no_encoding(edge: EdgeSite, encoding: str) -> None:
    headers = {"content-encoding": encoding}
    assert edge.request("POST", "/_mock/reset", headers=headers).status_code == 200


MALFORMED = {
    "plain": ("gzip", PLAIN, "the body is not gzip: Error -3"),
    "another format": ("gzip", zlib.compress(PLAIN), "the body is not gzip: Error -3"),
    "plain deflate": ("deflate", b"\xff" + PLAIN, "the body is not deflate: Error -3"),
    "cut": ("gzip", gzip.compress(PLAIN)[:-1], "the body is not all of its gzip: it ends too"),
    "one byte": ("deflate", b"\x78", "the body is not all of its deflate: it ends too early"),
    "a wrong sum": ("deflate", zlib.compress(PLAIN)[:-1] + b"x", "the body is not deflate: "),
    "two": ("gzip", gzip.compress(PLAIN) * 2, "the body goes on after the end of its gzip"),
}


@pytest.mark.parametrize("name", MALFORMED)
@pytest.mark.parametrize("path", [CLICK_TO_CALL_PATH, "/_mock/wait", "/_mock/receive/x"])
def test_a_malformed_compressed_body_gets_400(edge: EdgeSite, path: str, name: str) -> None:
    encoding, body, detail = MALFORMED[name]
    headers = HEADERS | {"content-encoding": encoding}
    status, kind, actual = read_problem(edge.request("POST", path, content=body, headers=headers))
    assert (status, kind, actual[: len(detail)]) == (400, "bad-request", detail)
    assert edge.get_json("/_mock/health")["rejections"] == {"bad-request": 1}


@pytest.mark.parametrize("size", [DEFAULT_BODY_LIMIT, DEFAULT_BODY_LIMIT + 1])
def test_the_limit_of_a_route_holds_for_the_unpacked_body(edge: EdgeSite, size: int) -> None:
    body, headers = gzip.compress(bytes(size)), HEADERS | {"content-encoding": "gzip"}
    response = edge.request("POST", CLICK_TO_CALL_PATH, content=body, headers=headers)
    assert (response.status_code == 413) == (size > DEFAULT_BODY_LIMIT)


def test_a_bomb_takes_no_more_memory_than_a_plain_body() -> None:
    bomb = gzip.compress(bytes(200 * SLICE), 1)

    async def unpack_bomb() -> None:
        with pytest.raises(BodyTooLarge):
            await unpack(bomb, "gzip", 3 * SLICE)

    tracemalloc.start()
    asyncio.run(unpack_bomb())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * SLICE


def test_a_large_body_is_unpacked_in_slices() -> None:
    async def run() -> tuple[int, int]:
        turns = 0

        async def count_turns() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.create_task(count_turns())
        body = await unpack(zlib.compress(bytes(10 * SLICE)), "deflate", 20 * SLICE)
        counting.cancel()
        return len(body), turns

    size, turns = asyncio.run(run())
    assert (size, turns >= 10) == (10 * SLICE, True)


def test_what_ends_within_a_slice_is_unpacked_to_its_last_byte() -> None:
    sizes = (1, SLICE - 1, SLICE, SLICE + 1, 2 * SLICE)
    for size in sizes:
        packed = gzip.compress(b"a" * size)
        assert asyncio.run(unpack(packed, "gzip", size)) == b"a" * size
        with pytest.raises(MalformedBody):
            asyncio.run(unpack(packed[:-9], "gzip", size))
