"""The page for an exported file: who gets it, and that there is nothing else."""

import asyncio

import httpx
import pytest

from mockserver.web.control.file_page import build_file_app
from mockserver.web.control.page import POLICY

NAME = 'a"><script>{outline}.jsonl'
TEXT = '{"journal":2}\n{"id":1}\n'


def fetch(path: str, method: str = "GET", headers: dict[str, str] | None = None) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(build_file_app(NAME, TEXT))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(send())


def test_the_file_is_there_as_it_was_with_the_policy_of_the_page() -> None:
    response = fetch("/_mock/file.jsonl")
    assert (response.status_code, response.text) == (200, TEXT)
    assert response.headers["content-type"] == "application/jsonl"
    assert response.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize("path", ["/_mock/ui", "/_mock/ui/", "/_mock/ui/file/c1/w3"])
def test_every_view_has_the_shell_with_the_name_of_the_file(path: str) -> None:
    text = fetch(path).text
    assert 'data-file="a&quot;&gt;&lt;script&gt;{outline}.jsonl"' in text
    assert text.count("<script") == 1
    assert '<a href="/_mock/file.jsonl">' in text


def test_the_root_leads_to_the_page() -> None:
    response = fetch("/")
    assert (response.status_code, response.headers["location"]) == (303, "/_mock/ui/")


@pytest.mark.parametrize(
    ("method", "path", "detail"),
    [
        ("GET", "/_mock/calls", "this only shows "),
        ("POST", "/_mock/file.jsonl", "this only shows "),
        ("POST", "/mobtexting/api/v2/voice/c2c", "it emulates no vendor"),
        ("GET", "/_mock/ui/no.js", "the page has no file 'no.js'"),
    ],
)
def test_there_is_nothing_but_the_page_and_the_file(method: str, path: str, detail: str) -> None:
    response = fetch(path, method)
    assert response.status_code == 404
    assert detail in response.json()["detail"]


@pytest.mark.parametrize("path", ["/", "/_mock/ui/", "/_mock/file.jsonl"])
@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"host": "evil.test"}, "foreign-host"),
        ({"origin": "http://evil.test"}, "foreign-origin"),
        ({"sec-fetch-site": "cross-site"}, "foreign-origin"),
    ],
)
def test_a_foreign_page_and_a_foreign_host_get_nothing(
    path: str, headers: dict[str, str], kind: str
) -> None:
    response = fetch(path, headers=headers)
    assert (response.status_code, response.headers["x-mock-problem"]) == (403, kind)
