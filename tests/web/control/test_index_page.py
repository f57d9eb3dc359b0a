"""The pages: everything in them is escaped, they run nothing, and they know their sandbox."""

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from mockserver import __version__
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.provider import Endpoint, EndpointResult
from mockserver.core.rulebook import RequestContext
from mockserver.runtime.sandbox import Timing
from mockserver.web.control.index_page import render_page
from tests.support.edge_site import EdgeSite, LoopbackDispatcher, build_edge_site, read_problem
from tests.support.simulation import START, only_providers
from tests.support.site import build_site

BROWSER = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
VENDOR = "portal.mobtexting.com"
HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;"
PAGES = ("/", "/_mock/docs")


class Tags(HTMLParser):
    """Collects the tags of a page with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(answer: httpx.Response) -> Tags:
    tags = Tags()
    tags.feed(answer.text)
    tags.close()
    return tags


def links(answer: httpx.Response) -> list[str | None]:
    return [value for tag, told in parsed(answer).tags if tag == "a" for _, value in told]


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


def renamed(configuration: Configuration, **changes: Any) -> Configuration:
    """The same world with another Mobtexting."""
    listing = configuration.providers["mobtexting"]
    changed = listing._replace(provider=listing.provider._replace(**changes))
    return configuration._replace(providers={changed.provider.name: changed})


@pytest.mark.parametrize("path", PAGES)
def test_pages_forbid_everything_but_their_style(edge: EdgeSite, path: str) -> None:
    answer = edge.request("GET", path, headers=BROWSER)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_pages_load_and_run_nothing(edge: EdgeSite, path: str) -> None:
    found = parsed(edge.request("GET", path, headers=BROWSER)).tags
    plain = {"meta", "title", "style", "h1", "h3", "p", "pre", "ul", "li", "b", "code", "a"}
    assert {tag for tag, _ in found} <= plain
    assert {name for _, told in found for name, _ in told} <= {"href", "charset"}
    hrefs = [value or "" for _, told in found for name, value in told if name == "href"]
    assert [one for one in hrefs if not one.startswith("/_")] == []


def test_index_tells_where_everything_is(configuration: Configuration) -> None:
    answer = build_edge_site(only_providers(configuration, "mobtexting")).request(
        "GET", "/", headers=BROWSER
    )
    assert parsed(answer).text.endswith(
        f"mockserver {__version__}Emulated here:Mobtexting: /mobtexting, OpenAPI"
        "To drive it: control API, calls, webhooks, journal."
    )
    assert links(answer) == [
        "/_mock/openapi/mobtexting.json",
        "/_mock/docs",
        "/_mock/calls",
        "/_mock/webhooks",
        "/_mock/journal",
    ]


@pytest.mark.parametrize("path", ["/", "/_sandbox/t1/"])
def test_every_link_of_the_index_leads_somewhere(edge: EdgeSite, path: str) -> None:
    told = links(edge.request("GET", path, headers=BROWSER))
    assert {edge.request("GET", str(link)).status_code for link in told} == {200}


@pytest.mark.parametrize(
    ("path", "headers"), [("/_sandbox/t1/", {}), ("/", {"x-mock-sandbox": "t1"})]
)
def test_links_of_the_index_stay_in_their_sandbox(
    edge: EdgeSite, path: str, headers: dict[str, str]
) -> None:
    answer = edge.request("GET", path, headers=BROWSER | headers)
    assert all(str(link).startswith("/_sandbox/t1/_mock/") for link in links(answer))
    assert "/_sandbox/t1/mobtexting" in parsed(answer).text
    assert [one.name for one in edge.registry] == ["default"]


def test_index_escapes_what_a_provider_says_of_itself(configuration: Configuration) -> None:
    edge = build_edge_site(renamed(configuration, title=HOSTILE, name='x"><script>'))
    tags = parsed(edge.request("GET", "/", headers=BROWSER))
    assert "script" not in {tag for tag, _ in tags.tags}
    assert "img" not in {tag for tag, _ in tags.tags}
    assert f'{HOSTILE}: /x"><script>, ' in tags.text


def test_page_escapes_its_title() -> None:
    text = bytes(render_page(HOSTILE, "<p>body</p>").body).decode()
    assert "<script" not in text
    assert text.endswith("<p>body</p>")
    assert re.search(r"<title>([^<]*)</title>", text) is not None


def test_docs_escape_what_the_document_says(
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
    _, app = build_site(configuration, Timing(mode="manual", start=START), LoopbackDispatcher())
    tags = parsed(
        EdgeSite(build_edge_site(configuration).registry, app, LoopbackDispatcher()).request(
            "GET", "/_mock/docs"
        )
    )
    assert {tag for tag, _ in tags.tags}.isdisjoint({"script", "img"})
    assert tags.text.count("<script>alert(1)</script>") == 6


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", BROWSER, 200),
        ("HEAD", BROWSER, 200),
        ("GET", {"accept": "text/html"}, 200),
        ("GET", {"accept": "*/*"}, 404),
        ("GET", {"accept": "application/json"}, 404),
        ("POST", BROWSER, 404),
        ("GET", {**BROWSER, "origin": "null"}, 200),
    ],
)
def test_who_gets_the_index(
    edge: EdgeSite, method: str, headers: dict[str, str], status: int
) -> None:
    answer = edge.request(method, "/", headers=headers)
    assert answer.status_code == status
    assert (answer.headers.get("content-security-policy") == POLICY) == (status == 200)


def _greeted(_: RequestContext) -> EndpointResult:
    return EndpointResult(response=Response(status=200, body={"hello": "from the vendor"}))


def with_a_door(configuration: Configuration) -> Configuration:
    """Mobtexting with a `GET /` of its own."""
    there = configuration.providers["mobtexting"].provider.endpoints
    door = Endpoint(
        operation="door", method="GET", host=VENDOR, path="/", rules=(), respond=_greeted
    )
    made = renamed(configuration, endpoints=(*there, door), credential=_nobody)
    listing = made.providers["mobtexting"]
    checks = {**listing.checks, "door": lambda _: ()}
    return made._replace(providers={"mobtexting": listing._replace(checks=checks)})


def _nobody(_: Request) -> None:
    return None


@pytest.mark.parametrize(
    ("host", "headers", "vendor"),
    [
        (VENDOR, BROWSER, True),
        (f"{VENDOR}:8080", BROWSER, True),
        (VENDOR.upper(), BROWSER, True),
        (VENDOR, {"accept": "application/json"}, True),
        ("127.0.0.1:8080", BROWSER, False),
        ("evil.test", BROWSER, False),
    ],
)
def test_a_vendor_s_own_door_has_the_vendor_s_host(
    configuration: Configuration,
    host: str,
    headers: dict[str, str],
    vendor: bool,  # noqa: FBT001 - a table
) -> None:
    """Without that Host it is the index."""
    answer = build_edge_site(with_a_door(configuration)).request(
        "GET", "/", headers=headers, hosts=[host]
    )
    assert (answer.status_code, answer.text == '{"hello":"from the vendor"}') == (200, vendor)


def test_a_vendor_without_a_door_says_so_to_browsers_too(edge: EdgeSite) -> None:
    answer = edge.request("GET", "/", headers=BROWSER, hosts=[VENDOR])
    assert read_problem(answer)[:2] == (404, "unknown path")


def test_the_index_is_no_control_route(edge: EdgeSite) -> None:
    """It tells nothing that a stranger could not guess, so that no guard stands before it."""
    answers = [
        edge.request("GET", "/", headers={**BROWSER, "origin": "http://evil.test"}),
        edge.request("GET", "/", headers=BROWSER, hosts=["evil.test"]),
    ]
    assert [one.status_code for one in answers] == [200, 200]
    assert "top-secret" not in answers[0].text
