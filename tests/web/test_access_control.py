"""The guard: which Host and which Origin it knows, on both planes."""

from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers

from mockserver.core.configuration import Configuration
from mockserver.web.access_control import OPEN_ACCESS, AccessControl
from tests.support.edge_site import (
    CLICK_TO_CALL_PATH,
    HEADERS,
    EdgeSite,
    build_edge_site,
    control_state,
    read_problem,
)
from tests.support.simulation import CLICK_TO_CALL
from tests.support.site import ORIGIN

ALLOWED = ("mock.test", "Ci-Container", "api.innocalls.net")
SHUT = "/_mock/clock"
FREE = ("/_mock/health", "/_mock/inbox/mine")
TOKEN = "let-me-in"
BEARER = {"authorization": f"Bearer {TOKEN}"}

# Host -> whether a control route knows it
HOSTS = {
    "localhost": True,
    "host.docker.internal:8080": True,
    "host.containers.internal": True,
    "docker.internal": False,
    "localhost:8080": True,
    "localhost:": True,
    "LocalHost:8080": True,
    "localhost.": True,
    "localhost.:80": True,
    "127.0.0.1": True,
    "127.0.0.1:9": True,
    "127.0.0.1.": True,
    "[::1]": True,
    "[::1]:8080": True,
    "a.localhost": True,
    "a.b.localhost:80": True,
    "mock.test": True,
    "MOCK.test:8080": True,
    "ci-container": True,
    "api.innocalls.net": True,
    "": False,
    ":8080": False,
    "::1": False,
    "[::1": False,
    "[::1]evil.test": False,
    "[localhost]": False,
    "[::2]": False,
    "[::ffff:127.0.0.1]": False,
    "[v1.x]": False,
    "0.0.0.0": False,
    "127.0.0.2": False,
    "127.1": False,
    "2130706433": False,
    "0x7f000001": False,
    "evil.test": False,
    "localhost.evil.com": False,
    "127.0.0.1.evil.com": False,
    "evil-localhost": False,
    "evillocalhost:80": False,
    "localhost..": False,
    "localhost:80:80": False,
    "localhost:evil.test": False,
    "localhost@evil.test": False,
    "evil.test@localhost": False,
    "evil.test:80@localhost:80": False,
    "evil.test/@localhost": False,
    "localhost/evil.test": False,
    "localhost#evil.test": False,
    "localhost?evil.test": False,
    "localhost\\evil.test": False,
    "localhost,evil.test": False,
    "localhost evil.test": False,
    "localh\xf6st": False,
    "not-mock.test": False,
    "mock.test.evil.com": False,
    "sub.mock.test": False,
}

# Host -> whether a vendor's route knows it, though no control route does
VENDORS = {
    "portal.mobtexting.com": True,
    "portal.mobtexting.com:8080": True,
    "Portal.MobTexting.com": True,
    "portal.mobtexting.com.": True,
    "in.effebot.com": True,
    "webrtc.innocalls.com": True,
    "central-api.phonon.io:443": True,
    "customer.ccaiplatform.com": True,
    "a.b.ccaiplatform.com:80": True,
    "ccaiplatform.com": False,
    "xccaiplatform.com": False,
    "customer.ccaiplatform.com.evil.test": False,
    "evil.test:80.ccaiplatform.com": False,
    "evil.test/.ccaiplatform.com": False,
    "evil.test@customer.ccaiplatform.com": False,
    "*.ccaiplatform.com": False,
    "[::1].ccaiplatform.com": False,
    "mobtexting.com": False,
    "evil.portal.mobtexting.com": False,
    "portal.mobtexting.com.evil.test": False,
    "portal-mobtexting.com": False,
    "evil.test,portal.mobtexting.com": False,
    "portal.mobtexting.com#": False,
    "mobtexting": False,
}

# Origin -> whether either plane takes it on loopback
ORIGINS = {
    "http://localhost": True,
    "http://localhost:3000": True,
    "https://LOCALHOST:3000": True,
    "http://127.0.0.1:8080": True,
    "http://[::1]:8080": True,
    "http://app.localhost:5173": True,
    "https://mock.test": True,
    "http://ci-container:80": True,
    "null": False,
    "": False,
    "file://": False,
    "localhost": False,
    "http://evil.test": False,
    "http://evil.test:8080": False,
    "http://localhost.evil.com": False,
    "http://127.0.0.1.evil.com": False,
    "http://evil-localhost": False,
    "http://localhost@evil.test": False,
    "http://evil.test@localhost": False,
    "http://localhost/": False,
    "http://evil.test/http://localhost": False,
    "http://localhost http://evil.test": False,
    "http://[::1": False,
    "http://[evil": False,
    "http://]": False,
    "chrome-extension://abcdefgh": False,
}


BOTH = HOSTS | VENDORS


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration, AccessControl(allowed_hosts=ALLOWED))


def calling(edge: EdgeSite, **how: Any) -> Any:
    headers = {**HEADERS, **how.pop("headers", {})}
    return edge.request(
        "POST", f"/mobtexting{CLICK_TO_CALL_PATH}", json=dict(CLICK_TO_CALL), headers=headers, **how
    )


def test_the_tables_are_long_enough() -> None:
    assert (len(HOSTS) >= 25, len(VENDORS) >= 24, len(ORIGINS) >= 15) == (True, True, True)


@pytest.mark.parametrize(("host", "known"), HOSTS.items(), ids=map(repr, HOSTS))
def test_hosts_on_loopback(edge: EdgeSite, host: str, known: bool) -> None:  # noqa: FBT001 - a table
    before = control_state(edge)
    answer = edge.request("PUT", SHUT, json={"mode": "instant"}, hosts=[host])
    if known:
        assert (answer.status_code, edge.default.clock.mode) == (200, "instant")
        return
    assert_rebound(answer, host)
    assert control_state(edge) == before


def assert_rebound(answer: httpx.Response, host: str) -> None:
    code, title, detail = read_problem(answer)
    assert (code, title) == (403, "foreign host")
    assert repr(host) in detail
    assert "--allow-host" in detail


@pytest.mark.parametrize("host", VENDORS, ids=map(repr, VENDORS))
def test_a_vendor_s_host_is_none_of_ours(edge: EdgeSite, host: str) -> None:
    assert read_problem(edge.request("GET", SHUT, hosts=[host]))[:2] == (403, "foreign host")


@pytest.mark.parametrize(("host", "known"), BOTH.items(), ids=map(repr, BOTH))
@pytest.mark.parametrize(
    "path",
    [f"/mobtexting{CLICK_TO_CALL_PATH}", f"/_sandbox/default/mobtexting{CLICK_TO_CALL_PATH}"],
)
def test_hosts_of_vendors_on_loopback(edge: EdgeSite, path: str, host: str, known: bool) -> None:  # noqa: FBT001 - a table
    """A page of a name that leads to this machine by now could read what a vendor answers."""
    before = control_state(edge)
    answer = edge.request("POST", path, json=dict(CLICK_TO_CALL), headers=HEADERS, hosts=[host])
    if known:
        assert (answer.status_code, control_state(edge) != before) == (200, True)
        return
    assert_rebound(answer, host)
    assert control_state(edge) == before


@pytest.mark.parametrize("host", BOTH, ids=map(repr, BOTH))
def test_any_host_reaches_open_routes(edge: EdgeSite, host: str) -> None:
    assert [edge.request("GET", path, hosts=[host]).status_code for path in FREE] == [200, 200]


@pytest.mark.parametrize("path", ["/", "/nobody/has/this", "/_mock", "/mobtexting"])
def test_nor_is_a_rebound_name_told_what_there_is(edge: EdgeSite, path: str) -> None:
    asked = edge.request("GET", path, hosts=["evil.test"])
    assert read_problem(asked)[:2] == (403, "foreign host")


@pytest.mark.parametrize("host", HOSTS, ids=map(repr, HOSTS))
def test_no_host_counts_behind_a_token(configuration: Configuration, host: str) -> None:
    edge = build_edge_site(configuration, AccessControl(token=TOKEN))
    answers = [edge.request("GET", SHUT, hosts=[host], headers=told) for told in (BEARER, {})]
    answers.append(calling(edge, hosts=[host]))
    assert [one.status_code for one in answers] == [200, 401, 200]


@pytest.mark.parametrize("hosts", [[], ["localhost", "localhost"], ["localhost", "evil.test"]])
@pytest.mark.parametrize(
    "guard", [AccessControl(), AccessControl(token=TOKEN)], ids=["loopback", "token"]
)
def test_a_vendor_s_request_has_one_host(
    configuration: Configuration, guard: AccessControl, hosts: list[str]
) -> None:
    edge = build_edge_site(configuration, guard)
    before = control_state(edge)
    told = read_problem(calling(edge, hosts=hosts))
    assert told == (400, "bad request", "a request has one Host header")
    assert control_state(edge) == before


@pytest.mark.parametrize(("origin", "known"), ORIGINS.items(), ids=map(repr, ORIGINS))
def test_origins_on_loopback(edge: EdgeSite, origin: str, known: bool) -> None:  # noqa: FBT001 - a table
    before = control_state(edge)
    asked = {"headers": {"origin": origin}}
    answers = [edge.request("PUT", SHUT, json={"mode": "instant"}, **asked), calling(edge, **asked)]
    if known:
        assert [one.status_code for one in answers] == [200, 200]
        return
    for answer in answers:
        code, title, detail = read_problem(answer)
        assert (code, title) == (403, "foreign origin")
        assert repr(origin) in detail
    assert control_state(edge) == before


@pytest.mark.parametrize("origin", ORIGINS, ids=map(repr, ORIGINS))
def test_any_origin_reaches_open_routes(edge: EdgeSite, origin: str) -> None:
    answers = [edge.request("GET", path, headers={"origin": origin}) for path in FREE]
    assert [one.status_code for one in answers] == [200, 200]
    assert not any("access-control-allow-origin" in one.headers for one in answers)


@pytest.mark.parametrize(
    ("origin", "host", "status"),
    [
        ("http://mock.lan:8080", "mock.lan:8080", 200),
        ("https://MOCK.lan", "mock.LAN", 200),
        ("http://localhost:3000", "mock.lan", 200),
        ("http://other.lan", "mock.lan", 403),
        ("http://mock.lan:81", "mock.lan", 403),
        ("http://mock.lan.evil.test", "mock.lan", 403),
        ("null", "mock.lan", 403),
        ("null", "", 403),
        ("http://", "", 403),
    ],
)
def test_behind_a_token_a_page_of_our_own_is_one_of_the_same_host(
    configuration: Configuration, origin: str, host: str, status: int
) -> None:
    """A rebound name would be its own Host too, but a page does not know the token."""
    edge = build_edge_site(configuration, AccessControl(token=TOKEN))
    asked = {"headers": {"origin": origin, **BEARER}, "hosts": [host]}
    told = [edge.request("GET", SHUT, **asked).status_code, calling(edge, **asked).status_code]
    assert told == [status, status]


def test_a_page_of_a_rebound_name_is_foreign_on_loopback(edge: EdgeSite) -> None:
    rebound = {"headers": {"origin": "http://evil.test:8080"}, "hosts": ["evil.test:8080"]}
    assert read_problem(calling(edge, **rebound))[:2] == (403, "foreign origin")
    assert read_problem(calling(edge, hosts=["evil.test:8080"]))[:2] == (403, "foreign host")
    assert read_problem(edge.request("GET", SHUT, hosts=["evil.test:8080"]))[:2] == (
        403,
        "foreign host",
    )


@pytest.mark.parametrize(
    ("told", "let_in"),
    [
        ("Bearer let-me-in", True),
        ("bearer let-me-in", True),
        ("BEARER  let-me-in ", True),
        ("Bearer Let-Me-In", False),
        ("Bearer let-me-in, Bearer other", False),
        ("Bearerlet-me-in", False),
        ("Bearer\tlet-me-in", False),
        ("", False),
    ],
)
def test_what_tells_the_token(told: str, let_in: bool) -> None:  # noqa: FBT001 - a table
    assert (
        AccessControl(token=TOKEN).check_control_request(Headers({"authorization": told})) is None
    ) == let_in


def test_a_token_may_have_any_letters() -> None:
    raw = [(b"authorization", "Bearer s\xe9same".encode())]
    assert AccessControl(token="s\xe9same").check_control_request(Headers(raw=raw)) is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"authorization": "Bearer whatever"}, 200),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "http://mock.lan"}, 200),
    ],
)
def test_an_open_control_api_is_still_not_open_to_web_pages(
    configuration: Configuration, headers: dict[str, str], status: int
) -> None:
    edge = build_edge_site(configuration, AccessControl(token=OPEN_ACCESS))
    assert edge.request("GET", SHUT, headers=headers, hosts=["mock.lan"]).status_code == status


def test_hosts_are_named_in_the_refusal_whatever_they_are(edge: EdgeSite) -> None:
    told = [read_problem(edge.request("GET", SHUT, hosts=hosts))[2] for hosts in ([], ["a", "b"])]
    advice = "a web page may not drive the mock; --allow-host NAME lets another name in"
    assert told == [
        f"the Host header names nothing: {advice}",
        f"the Host header names 'a' and 'b': {advice}",
    ]


def test_our_own_origin_is_let_in(edge: EdgeSite) -> None:
    asked = {"origin": ORIGIN}
    assert edge.request("GET", SHUT, headers=asked).status_code == 200


CROSS = {"sec-fetch-site": "cross-site"}
VISIT = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.mark.parametrize("path", [SHUT, "/mobtexting/api/v2/voice/c2c"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
        {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
        {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
        {"sec-fetch-mode": "websocket", "sec-fetch-dest": "document"},
    ],
)
def test_what_a_page_of_another_site_fetches_is_refused(
    edge: EdgeSite, path: str, headers: dict[str, str]
) -> None:
    assert read_problem(edge.request("GET", path, headers=CROSS | headers))[:2] == (
        403,
        "foreign origin",
    )


@pytest.mark.parametrize(
    "headers",
    [
        CROSS | VISIT,
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        VISIT,
    ],
)
def test_a_visit_and_our_own_pages_are_let_in(edge: EdgeSite, headers: dict[str, str]) -> None:
    assert edge.request("GET", SHUT, headers=headers).status_code == 200
