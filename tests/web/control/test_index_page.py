"""The root leads a browser to the page, and tells a program where everything is; the docs."""

import re
from html.parser import HTMLParser

import httpx
import pytest

from mockserver import __version__
from mockserver.core.bound_provider import no_acceptor
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.provider import Endpoint, EndpointResult
from mockserver.core.rulebook import RequestContext
from mockserver.runtime.sandbox import Timing
from mockserver.web.control.index_page import render_page
from tests.support.dispatchers import RecordingDispatcher
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.simulation import START, configuration_with_provider, only_providers
from tests.support.site import build_site, read_problem

BROWSER_HEADERS = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
VENDOR_HOST = "portal.mobtexting.com"
HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;"
PAGES = ("/_mock/docs",)


class PageParser(HTMLParser):
    """Collects the tags of a page with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def parse_page(response: httpx.Response) -> PageParser:
    parser = PageParser()
    parser.feed(response.text)
    parser.close()
    return parser


def links(response: httpx.Response) -> list[str | None]:
    return [value for tag, attrs in parse_page(response).tags if tag == "a" for _, value in attrs]


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_of_a_page_allows_nothing_but_its_inline_style(
    edge: EdgeSite, path: str
) -> None:
    response = edge.request("GET", path, headers=BROWSER_HEADERS)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"] == POLICY
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_pages_load_no_resources_and_run_no_scripts(edge: EdgeSite, path: str) -> None:
    tags = parse_page(edge.request("GET", path, headers=BROWSER_HEADERS)).tags
    plain = {"meta", "title", "style", "h1", "h3", "p", "pre", "ul", "li", "b", "code", "a"}
    assert {tag for tag, _ in tags} <= plain
    assert {name for _, attrs in tags for name, _ in attrs} <= {"href", "charset"}
    hrefs = [value or "" for _, attrs in tags for name, value in attrs if name == "href"]
    assert [href for href in hrefs if not href.startswith("/_")] == []


@pytest.mark.parametrize(("prefix", "headers"), [
    ("", {}), ("/_sandbox/t1", {}), ("/_sandbox/t1", {"x-mock-sandbox": "t1"})
])  # fmt: skip
def test_a_program_reads_where_everything_is_in_its_sandbox(
    configuration: Configuration, prefix: str, headers: dict[str, str]
) -> None:
    path = "/" if headers else f"{prefix}/"
    site = build_edge_site(only_providers(configuration, "mobtexting"))
    note = "no sandbox is named t1: the first vendor request or change creates it\n\n"
    assert site.request("GET", path, headers=headers).text == (
        f"mockserver {__version__}\n\n{note if prefix else ''}"
        f"Mobtexting:    {prefix}/mobtexting\n"
        f"page:          {prefix}/_mock/ui/\n"
        f"control API:   {prefix}/_mock/docs\n"
        f"calls:         {prefix}/_mock/calls\n"
        f"requests:      {prefix}/_mock/requests\n"
        f"webhooks:      {prefix}/_mock/webhooks\n"
        f"journal:       {prefix}/_mock/journal\n"
        f"health:        {prefix}/_mock/health\n"
    )
    assert [sandbox.name for sandbox in site.registry] == ["default"]


@pytest.mark.parametrize("prefix", ["", "/_sandbox/t1"])
def test_every_path_of_the_list_works(edge: EdgeSite, prefix: str) -> None:
    edge.request("PUT", "/_mock/sandboxes/t1", json={})
    lines = edge.request("GET", f"{prefix}/").text.splitlines()[2:]
    paths = [line.split()[-1] for line in lines if "/_mock" in line]
    assert {edge.request("GET", path).status_code for path in paths} == {200}


def test_a_rendered_page_escapes_its_title() -> None:
    text = bytes(render_page(HOSTILE, "<p>body</p>").body).decode()
    assert "<script" not in text
    assert text.endswith("<p>body</p>")
    assert re.search(r"<title>([^<]*)</title>", text) is not None


def test_the_docs_page_escapes_the_texts_of_the_document(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = {
        "info": {"title": HOSTILE},
        "paths": {
            f"/{HOSTILE}": {
                "post": {
                    "summary": HOSTILE,
                    "requestBody": {"content": {"application/json": {"example": {HOSTILE: 1}}}},
                    "responses": {"200": {"description": HOSTILE}},
                }
            }
        },
    }
    monkeypatch.setattr("tests.support.site.load_control_openapi", lambda: document)
    _, app = build_site(configuration, Timing(mode="manual", start=START), RecordingDispatcher())
    page = parse_page(
        EdgeSite(build_edge_site(configuration).registry, app, RecordingDispatcher()).request(
            "GET", "/_mock/docs"
        )
    )
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img"})
    assert page.text.count("<script>alert(1)</script>") == 6


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", BROWSER_HEADERS, 303),
        ("HEAD", BROWSER_HEADERS, 303),
        ("GET", {"accept": "text/html"}, 303),
        ("GET", {"accept": "*/*"}, 200),
        ("HEAD", {"accept": "application/json"}, 200),
        ("POST", BROWSER_HEADERS, 404),
        ("GET", {**BROWSER_HEADERS, "origin": "null"}, 403),
    ],
)
def test_only_a_read_of_the_root_tells_where_everything_is(
    edge: EdgeSite, method: str, headers: dict[str, str], status: int
) -> None:
    response = edge.request(method, "/", headers=headers)
    assert response.status_code == status


def greet(_: RequestContext) -> EndpointResult:
    return EndpointResult(response=Response(status=200, body={"hello": "from the vendor"}))


def with_root_endpoint(configuration: Configuration) -> Configuration:
    """Add the endpoint `GET /` to Mobtexting."""
    endpoints = configuration.providers["mobtexting"].provider.endpoints
    endpoint = Endpoint(
        operation="root", method="GET", host=VENDOR_HOST, path="/", rules=(), respond=greet
    )
    changed = configuration_with_provider(
        configuration, endpoints=(*endpoints, endpoint), credential=no_credential
    )
    bound = changed.providers["mobtexting"]
    checks = {**bound.checks, "root": lambda _: ()}
    return changed._replace(
        providers={"mobtexting": bound._replace(checks=checks, acceptor=no_acceptor)}
    )


def no_credential(_: Request) -> None:
    return None


@pytest.mark.parametrize(
    ("host", "headers", "vendor"),
    [
        (VENDOR_HOST, BROWSER_HEADERS, True),
        (f"{VENDOR_HOST}:8080", BROWSER_HEADERS, True),
        (VENDOR_HOST.upper(), BROWSER_HEADERS, True),
        (VENDOR_HOST, {"accept": "application/json"}, True),
        ("127.0.0.1:8080", {"accept": "application/json"}, False),
    ],
)
def test_the_root_endpoint_of_a_vendor_is_served_only_for_its_host(
    configuration: Configuration,
    host: str,
    headers: dict[str, str],
    vendor: bool,  # noqa: FBT001 - a table
) -> None:
    """Any other host gets the list of where everything is."""
    response = build_edge_site(with_root_endpoint(configuration)).request(
        "GET", "/", headers=headers, hosts=[host]
    )
    assert (response.status_code, response.text == '{"hello":"from the vendor"}') == (200, vendor)


def test_a_vendor_host_without_a_root_endpoint_has_an_unknown_path_for_browsers(
    edge: EdgeSite,
) -> None:
    response = edge.request("GET", "/", headers=BROWSER_HEADERS, hosts=[VENDOR_HOST])
    assert read_problem(response)[:2] == (404, "unknown-path")


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_the_root_tells_nothing_to_a_foreign_host_or_origin(edge: EdgeSite, accept: str) -> None:
    responses = [
        edge.request("GET", "/", headers={"accept": accept, "origin": "http://evil.test"}),
        edge.request("GET", "/", headers={"accept": accept}, hosts=["evil.test"]),
    ]
    kinds = [read_problem(response)[:2] for response in responses]
    assert kinds == [(403, "foreign-origin"), (403, "foreign-host")]
