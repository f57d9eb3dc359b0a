"""The HTML pages escape all texts, run no scripts, and link within their sandbox."""

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
PAGES = ("/", "/_mock/docs")


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


def test_the_index_page_links_to_the_providers_and_the_control_api(
    configuration: Configuration,
) -> None:
    response = build_edge_site(only_providers(configuration, "mobtexting")).request(
        "GET", "/", headers=BROWSER_HEADERS
    )
    assert parse_page(response).text.endswith(
        f"mockserver {__version__}Emulated here:Mobtexting: /mobtexting, OpenAPI"
        "To drive it: control API, calls, webhooks, journal."
    )
    assert links(response) == [
        "/_mock/openapi/mobtexting.json",
        "/_mock/docs",
        "/_mock/calls",
        "/_mock/webhooks",
        "/_mock/journal",
    ]


@pytest.mark.parametrize("path", ["/", "/_sandbox/t1/"])
def test_every_link_of_the_index_page_works(edge: EdgeSite, path: str) -> None:
    edge.request("PUT", "/_mock/sandboxes/t1", json={})
    hrefs = links(edge.request("GET", path, headers=BROWSER_HEADERS))
    assert {edge.request("GET", str(link)).status_code for link in hrefs} == {200}


@pytest.mark.parametrize(
    ("path", "headers"), [("/_sandbox/t1/", {}), ("/", {"x-mock-sandbox": "t1"})]
)
def test_the_links_of_the_index_page_stay_in_its_sandbox(
    edge: EdgeSite, path: str, headers: dict[str, str]
) -> None:
    response = edge.request("GET", path, headers=BROWSER_HEADERS | headers)
    assert all(str(link).startswith("/_sandbox/t1/_mock/") for link in links(response))
    assert "/_sandbox/t1/mobtexting" in parse_page(response).text
    assert "no sandbox is named t1: the first vendor request or change creates it." in (
        parse_page(response).text
    )
    assert [edge.request("GET", str(link)).status_code for link in links(response)] == [200]
    assert [sandbox.name for sandbox in edge.registry] == ["default"]


def test_the_index_page_escapes_names_and_titles_of_providers(configuration: Configuration) -> None:
    edge = build_edge_site(
        configuration_with_provider(configuration, title=HOSTILE, name='x"><script>')
    )
    page = parse_page(edge.request("GET", "/", headers=BROWSER_HEADERS))
    assert "script" not in {tag for tag, _ in page.tags}
    assert "img" not in {tag for tag, _ in page.tags}
    assert f'{HOSTILE}: /x"><script>, ' in page.text


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
        ("GET", BROWSER_HEADERS, 200),
        ("HEAD", BROWSER_HEADERS, 200),
        ("GET", {"accept": "text/html"}, 200),
        ("GET", {"accept": "*/*"}, 404),
        ("GET", {"accept": "application/json"}, 404),
        ("POST", BROWSER_HEADERS, 404),
        ("GET", {**BROWSER_HEADERS, "origin": "null"}, 200),
    ],
)
def test_only_a_browser_gets_the_index_page(
    edge: EdgeSite, method: str, headers: dict[str, str], status: int
) -> None:
    response = edge.request(method, "/", headers=headers)
    assert response.status_code == status
    assert (response.headers.get("content-security-policy") == POLICY) == (status == 200)


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
        ("127.0.0.1:8080", BROWSER_HEADERS, False),
        ("evil.test", BROWSER_HEADERS, False),
    ],
)
def test_the_root_endpoint_of_a_vendor_is_served_only_for_its_host(
    configuration: Configuration,
    host: str,
    headers: dict[str, str],
    vendor: bool,  # noqa: FBT001 - a table
) -> None:
    """Any other host gets the index page."""
    response = build_edge_site(with_root_endpoint(configuration)).request(
        "GET", "/", headers=headers, hosts=[host]
    )
    assert (response.status_code, response.text == '{"hello":"from the vendor"}') == (200, vendor)


def test_a_vendor_host_without_a_root_endpoint_has_an_unknown_path_for_browsers(
    edge: EdgeSite,
) -> None:
    response = edge.request("GET", "/", headers=BROWSER_HEADERS, hosts=[VENDOR_HOST])
    assert read_problem(response)[:2] == (404, "unknown-path")


def test_the_index_page_is_served_to_any_host_and_origin(edge: EdgeSite) -> None:
    """It has no access control, as it shows nothing that a stranger could not guess."""
    responses = [
        edge.request("GET", "/", headers={**BROWSER_HEADERS, "origin": "http://evil.test"}),
        edge.request("GET", "/", headers=BROWSER_HEADERS, hosts=["evil.test"]),
    ]
    assert [response.status_code for response in responses] == [200, 200]
    assert "top-secret" not in responses[0].text
