"""The files of the page: who gets them, and what a browser may do with them."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mockserver.core.configuration import Configuration
from mockserver.web.access_control import AccessControl
from mockserver.web.control import page
from mockserver.web.control.page import FILES, MEDIA_TYPES, POLICY, shorten
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.simulation import configuration_with_provider
from tests.support.site import read_problem

UI = "/_mock/ui/"
SANDBOXED = "/_sandbox/t1/_mock/ui/"
HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;"
MAX_SIZE = 60_000  # bytes of all files, gzipped
UI_FOLDER = Path(page.__file__).parents[1] / "ui"
SCRIPTS = [name for name in FILES if name.endswith(".js")]


class TagParser(HTMLParser):
    """Collects the tags of a page, with their attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def parse_tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = TagParser()
    parser.feed(text)
    parser.close()
    return parser.tags


@pytest.mark.parametrize("path", ["", "calls", "calls/c7/w3", "try/mobtexting/c2c", "no/such/view"])
@pytest.mark.parametrize("base", [UI, SANDBOXED])
def test_every_view_has_the_same_shell(edge: EdgeSite, base: str, path: str) -> None:
    response = edge.request("GET", base + path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.text == edge.request("GET", base).text


def test_the_page_is_found_without_its_last_slash(edge: EdgeSite) -> None:
    assert edge.request("GET", "/_mock/ui").text == edge.request("GET", UI).text


def test_the_shell_of_an_unknown_sandbox_creates_none(edge: EdgeSite) -> None:
    assert 'data-base="/_sandbox/t1/_mock"' in edge.request("GET", SANDBOXED).text
    assert [sandbox.name for sandbox in edge.registry] == ["default"]


@pytest.mark.parametrize("base", [UI, SANDBOXED])
def test_every_file_of_the_shell_is_there(edge: EdgeSite, base: str) -> None:
    tags = parse_tags(edge.request("GET", base).text)
    files = [values.get("src") or values.get("href") for tag, values in tags if tag != "a"]
    names = [name for name in files if name]
    assert len(names) > 3
    assert {name.rpartition("/")[0] + "/" for name in names} == {base}
    assert {edge.request("GET", name).status_code for name in names} == {200}


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_that_is_imported_is_there(name: str) -> None:
    imports = re.findall(r'(?:from|import) "\./([^"]+)"', FILES[name].decode())
    assert [each for each in imports if each not in FILES] == []


@pytest.mark.parametrize("name", ["index.html", "no.js", "no/app.js", "../app.js", "app.py"])
def test_nothing_but_the_files_of_the_page_is_served(edge: EdgeSite, name: str) -> None:
    assert read_problem(edge.request("GET", UI + name))[:2] == (404, "unknown-route")


@pytest.mark.parametrize("name", ["", *(name for name in FILES if name != "index.html")])
def test_a_file_has_its_type_and_the_strict_policy(edge: EdgeSite, name: str) -> None:
    headers = edge.request("GET", UI + name).headers
    assert headers["content-type"] == MEDIA_TYPES[Path(name or "index.html").suffix]
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-cache"


def test_the_policy_allows_no_inline_code_no_frame_and_no_other_host() -> None:
    assert POLICY.startswith("default-src 'none'; ")
    assert "unsafe" not in POLICY
    assert "frame-ancestors 'none'" in POLICY
    assert re.findall(r"https?:|\*", POLICY) == []


def test_the_shell_has_no_inline_script_or_style(edge: EdgeSite) -> None:
    tags = parse_tags(edge.request("GET", UI).text)
    assert [values for tag, values in tags if tag == "script" and not values.get("src")] == []
    assert [tag for tag, values in tags if tag == "style" or "style" in values] == []


@pytest.mark.parametrize("name", ["", "app.js", "app.css"])
def test_a_browser_that_has_a_file_gets_it_only_if_it_has_changed(
    edge: EdgeSite, name: str
) -> None:
    first = edge.request("GET", UI + name)
    again = edge.request("GET", UI + name, headers={"if-none-match": first.headers["etag"]})
    other = edge.request("GET", UI + name, headers={"if-none-match": '"older"'})
    assert (again.status_code, again.content) == (304, b"")
    assert (other.status_code, other.content) == (200, first.content)


def test_the_shells_of_two_sandboxes_have_different_tags(edge: EdgeSite) -> None:
    tags = [edge.request("GET", path).headers["etag"] for path in (UI, SANDBOXED)]
    assert tags[0] != tags[1]


def test_the_files_need_no_token_and_the_data_does(configuration: Configuration) -> None:
    edge = build_edge_site(configuration, AccessControl(token="top-secret"))
    statuses = [edge.request("GET", path).status_code for path in (UI, f"{UI}app.js")]
    assert statuses == [200, 200]
    assert edge.request("GET", "/_mock/calls").status_code == 401
    assert "top-secret" not in edge.request("GET", UI).text


@pytest.mark.parametrize("path", [UI, f"{UI}app.js", SANDBOXED])
def test_the_files_are_refused_to_a_foreign_host_and_page(edge: EdgeSite, path: str) -> None:
    responses = [
        edge.request("GET", path, hosts=["evil.test"]),
        edge.request("GET", path, headers={"origin": "http://evil.test"}),
        edge.request("GET", path, headers={"sec-fetch-site": "cross-site"}),
    ]
    assert [read_problem(response)[:2] for response in responses] == [
        (403, "foreign-host"),
        (403, "foreign-origin"),
        (403, "foreign-origin"),
    ]
    assert edge.get_json("/_mock/health")["rejections"] == {"foreign-host": 1, "foreign-origin": 2}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_files_are_only_read(edge: EdgeSite, method: str) -> None:
    assert read_problem(edge.request(method, UI))[:2] == (405, "method-not-allowed")


def test_without_scripts_the_shell_tells_where_everything_is(edge: EdgeSite) -> None:
    tags = parse_tags(edge.request("GET", UI).text)
    links = [values["href"] or "" for tag, values in tags if tag == "a"]
    assert "/_mock/docs" in links
    assert "/_mock/openapi/mobtexting.json" in links
    assert {edge.request("GET", link).status_code for link in links} == {200}


def test_the_shell_of_a_missing_sandbox_says_so_and_links_only_documents_that_exist(
    edge: EdgeSite,
) -> None:
    text = edge.request("GET", "/_sandbox/nobody/_mock/ui/").text
    assert "no sandbox is named nobody: the first vendor request or change creates it" in text
    links = [values["href"] or "" for tag, values in parse_tags(text) if tag == "a"]
    documents = [link for link in links if "/openapi/" in link]
    assert {edge.request("GET", link).status_code for link in documents} == {200}
    for link in links:
        edge.request("GET", link)
    assert [sandbox.name for sandbox in edge.registry] == ["default"]


def test_the_shell_escapes_names_and_titles_of_providers(configuration: Configuration) -> None:
    edge = build_edge_site(
        configuration_with_provider(configuration, title=HOSTILE, name='x"><script>')
    )
    tags = parse_tags(edge.request("GET", UI).text)
    assert len([tag for tag, _ in tags if tag == "script"]) == 1
    assert "img" not in [tag for tag, _ in tags]


def test_all_files_together_are_small() -> None:
    sizes = [len(gzip.compress(content)) for content in FILES.values()]
    assert sum(sizes) < MAX_SIZE


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_builds_markup_out_of_text(name: str) -> None:
    text = FILES[name].decode()
    found = re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|DOMParser", text
    )
    assert found == []


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_another_host(name: str) -> None:
    urls = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"']*", FILES[name].decode())
    assert [url for url in urls if "www.w3.org/2000/svg" not in url] == []


def test_a_script_is_served_without_the_comments_that_have_their_own_lines() -> None:
    lines = ("// It adds.", "", "/**", " * @param {number} one", " */", "/** @type {any} */")
    served = shorten("\n".join((*lines, "const a = 1;")))
    assert served.split("\n") == [*[""] * len(lines), "const a = 1;"]


@pytest.mark.parametrize(
    ("line", "served"),
    [
        ("const a = 1; // it counts", "const a = 1;"),
        ("  if (a) { // ** 2", "if (a) {"),
        ("const b = /** @type {any} */ (a / 2);", "const b = (a / 2);"),
        ("each: (/** @param {any} one */ one) => one", "each: (one) => one"),
        ('const url = "http://a//b"', 'const url = "http://a//b"'),
        ("a // 2", "a // 2"),
        ("a /* @type */ * b", "a /* @type */ * b"),
        ("/* lists */", ""),
    ],
)
def test_a_line_of_code_is_served_without_types_comment_and_indentation(
    line: str, served: str
) -> None:
    assert shorten(line) == served


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_is_longer_than_250_lines_and_each_says_what_it_is(name: str) -> None:
    lines = (UI_FOLDER / name).read_text("utf-8").splitlines()
    assert len(lines) <= 250
    assert len(FILES[name].decode().splitlines()) == len(lines)
    assert lines[0].startswith("// ")
    assert lines[0].endswith(".")
