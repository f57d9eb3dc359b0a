"""Both APIs control access by Host, Origin and token."""

from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers

from mockserver.core.configuration import Configuration
from mockserver.web.access_control import OPEN_ACCESS, AccessControl
from mockserver.web.problems import SALT
from mockserver.web.redaction import redact_text
from tests.support.edge_site import EdgeSite, build_edge_site, control_state
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS, ORIGIN, read_problem

ALLOWED = ("mock.test", "Ci-Container", "api.innocalls.net")
GUARDED_PATH = "/_mock/clock"
OPEN_PATH, INBOX_PATH = "/_mock/health", "/_mock/receive/mine"
TOKEN = "let-me-in"
BEARER = {"authorization": f"Bearer {TOKEN}"}
EXPOSED = AccessControl(token=TOKEN, is_exposed=True)

# Host -> whether a control route accepts it
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

# Host -> whether a vendor route accepts it, though no control route does
VENDOR_HOSTS = {
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

# Origin -> whether both APIs accept it on loopback
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


ALL_HOSTS = HOSTS | VENDOR_HOSTS


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration, AccessControl(allowed_hosts=ALLOWED))


def place_call(edge: EdgeSite, **options: Any) -> Any:
    headers = {**HEADERS, **options.pop("headers", {})}
    return edge.request(
        "POST",
        f"/mobtexting{CLICK_TO_CALL_PATH}",
        json=dict(CLICK_TO_CALL),
        headers=headers,
        **options,
    )


def test_the_tables_have_the_promised_number_of_hosts_and_origins() -> None:
    assert (len(HOSTS) >= 25, len(VENDOR_HOSTS) >= 24, len(ORIGINS) >= 15) == (True, True, True)


@pytest.mark.parametrize(("host", "is_accepted"), HOSTS.items(), ids=map(repr, HOSTS))
def test_control_routes_accept_only_hosts_of_this_machine_on_loopback(
    edge: EdgeSite, host: str, *, is_accepted: bool
) -> None:
    before = control_state(edge)
    response = edge.request("PUT", GUARDED_PATH, json={"mode": "instant"}, hosts=[host])
    if is_accepted:
        assert (response.status_code, edge.default.clock.mode) == (200, "instant")
        return
    assert_foreign_host(response, host)
    assert control_state(edge) == before


def assert_foreign_host(response: httpx.Response, host: str) -> None:
    status, kind, detail = read_problem(response)
    assert (status, kind) == (403, "foreign-host")
    assert repr(host) in detail
    assert "--allow-host" in detail


@pytest.mark.parametrize("host", VENDOR_HOSTS, ids=map(repr, VENDOR_HOSTS))
def test_a_vendor_host_is_foreign_to_control_routes(edge: EdgeSite, host: str) -> None:
    assert read_problem(edge.request("GET", GUARDED_PATH, hosts=[host]))[:2] == (
        403,
        "foreign-host",
    )


@pytest.mark.parametrize(("host", "is_accepted"), ALL_HOSTS.items(), ids=map(repr, ALL_HOSTS))
@pytest.mark.parametrize(
    "path",
    [f"/mobtexting{CLICK_TO_CALL_PATH}", f"/_sandbox/default/mobtexting{CLICK_TO_CALL_PATH}"],
)
def test_vendor_routes_accept_only_hosts_of_this_machine_or_a_vendor_on_loopback(
    edge: EdgeSite, path: str, host: str, *, is_accepted: bool
) -> None:
    """A page on a rebound name could otherwise read vendor responses."""
    before = control_state(edge)
    response = edge.request("POST", path, json=dict(CLICK_TO_CALL), headers=HEADERS, hosts=[host])
    if is_accepted:
        assert (response.status_code, control_state(edge) != before) == (200, True)
        return
    assert_foreign_host(response, host)
    assert control_state(edge) == before


@pytest.mark.parametrize("host", ALL_HOSTS, ids=map(repr, ALL_HOSTS))
def test_health_accepts_any_host(edge: EdgeSite, host: str) -> None:
    assert edge.request("GET", OPEN_PATH, hosts=[host]).status_code == 200


@pytest.mark.parametrize(("host", "is_accepted"), HOSTS.items(), ids=map(repr, HOSTS))
@pytest.mark.parametrize("token", ["", TOKEN])
def test_an_inbox_accepts_only_hosts_of_this_machine_on_loopback_and_no_token(
    configuration: Configuration, token: str, host: str, *, is_accepted: bool
) -> None:
    edge = build_edge_site(configuration, AccessControl(token=token, allowed_hosts=ALLOWED))
    before = control_state(edge)
    response = edge.request("POST", INBOX_PATH, hosts=[host])
    if is_accepted:
        assert response.status_code == 200
        return
    assert_foreign_host(response, host)
    assert control_state(edge) == before


@pytest.mark.parametrize("path", ["/", "/nobody/has/this", "/_mock", "/mobtexting"])
def test_a_foreign_host_learns_nothing_from_unknown_paths(edge: EdgeSite, path: str) -> None:
    response = edge.request("GET", path, hosts=["evil.test"])
    assert read_problem(response)[:2] == (403, "foreign-host")


@pytest.mark.parametrize("host", HOSTS, ids=map(repr, HOSTS))
def test_beyond_loopback_a_program_with_the_token_may_use_any_host(
    configuration: Configuration, host: str
) -> None:
    edge = build_edge_site(configuration, EXPOSED)
    responses = [
        edge.request("GET", GUARDED_PATH, hosts=[host], headers=headers) for headers in (BEARER, {})
    ]
    responses += [edge.request("POST", INBOX_PATH, hosts=[host]), place_call(edge, hosts=[host])]
    assert [response.status_code for response in responses] == [200, 401, 200, 200]


@pytest.mark.parametrize(("host", "is_accepted"), HOSTS.items(), ids=map(repr, HOSTS))
def test_on_loopback_a_token_lets_no_other_host_in(
    configuration: Configuration, host: str, *, is_accepted: bool
) -> None:
    edge = build_edge_site(configuration, AccessControl(token=TOKEN, allowed_hosts=ALLOWED))
    responses = [
        edge.request("GET", GUARDED_PATH, hosts=[host], headers=BEARER),
        place_call(edge, hosts=[host]),
    ]
    assert {response.status_code for response in responses} == {200 if is_accepted else 403}


# Host -> whether a browser may use it beyond loopback: nobody else can own the name
EXPOSED_HOSTS = {
    "localhost:8080": True,
    "mock": True,
    "mock:8080": True,
    "mock.local": True,
    "mock.service.cluster.local:80": True,
    "Mock.LAN": True,
    "host.docker.internal": True,
    "nas.home.arpa": True,
    "192.168.1.5:8080": True,
    "[fd00::1]:8080": True,
    "[fd00::1::]": False,
    "192.168.1.500": False,
    "127.1": False,
    "": False,
    "evil.test": False,
    "evil.test:8080": False,
    "local": True,
    "evil.local.test": False,
    "evillocal.com": False,
    "192.168.1.5.evil.test": False,
}
BROWSERS = {
    "agent": {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101"},
    "site": {"sec-fetch-site": "same-origin"},
    "mode": {"sec-fetch-mode": "cors"},
    "destination": {"sec-fetch-dest": "image"},
}


@pytest.mark.parametrize(
    ("host", "is_accepted"), EXPOSED_HOSTS.items(), ids=map(repr, EXPOSED_HOSTS)
)
@pytest.mark.parametrize("token", [TOKEN, OPEN_ACCESS])
def test_beyond_loopback_a_browser_may_use_only_a_host_that_cannot_be_rebound(
    configuration: Configuration, token: str, host: str, *, is_accepted: bool
) -> None:
    edge = build_edge_site(configuration, AccessControl(token=token, is_exposed=True))
    for browser in (*BROWSERS.values(), {"origin": f"http://{host}"}):
        before, options = control_state(edge), {"headers": BEARER | browser, "hosts": [host]}
        responses = [
            edge.request("PUT", GUARDED_PATH, json={"mode": "instant"}, **options),
            edge.request("POST", INBOX_PATH, **options),
            place_call(edge, **options),
        ]
        statuses = {response.status_code for response in responses}
        assert (statuses, control_state(edge) == before) == (
            ({200}, False) if is_accepted else ({403}, True)
        )


@pytest.mark.parametrize(
    ("host", "is_accepted"), EXPOSED_HOSTS.items(), ids=map(repr, EXPOSED_HOSTS)
)
def test_an_open_control_api_beyond_loopback_takes_such_a_host_from_every_client(
    configuration: Configuration, host: str, *, is_accepted: bool
) -> None:
    """Without TLS, a page on a rebound name can look like a program."""
    edge = build_edge_site(configuration, AccessControl(token=OPEN_ACCESS, is_exposed=True))
    responses = [
        edge.request("POST", "/_mock/reset", hosts=[host]),
        edge.request("GET", "/_mock/journal", hosts=[host]),
        edge.request("POST", INBOX_PATH, hosts=[host]),
        place_call(edge, hosts=[host]),
    ]
    assert {response.is_success for response in responses} == {is_accepted}


def test_beyond_loopback_a_page_may_use_a_name_of_allow_host(configuration: Configuration) -> None:
    edge = build_edge_site(
        configuration,
        AccessControl(token=TOKEN, allowed_hosts=("mock.example.com",), is_exposed=True),
    )
    options = {"headers": BEARER | {"origin": "https://mock.example.com"}}
    statuses = [
        place_call(edge, hosts=[host], **options).status_code
        for host in ("mock.example.com", "evil.test")
    ]
    assert statuses == [200, 403]


@pytest.mark.parametrize("hosts", [[], ["localhost", "localhost"], ["localhost", "evil.test"]])
@pytest.mark.parametrize(
    "access_control",
    [AccessControl(), AccessControl(token=TOKEN), AccessControl(token=TOKEN, is_exposed=True)],
    ids=["loopback", "token", "exposed"],
)
def test_a_vendor_request_without_exactly_one_host_gets_400(
    configuration: Configuration, access_control: AccessControl, hosts: list[str]
) -> None:
    edge = build_edge_site(configuration, access_control)
    before = control_state(edge)
    problem = read_problem(place_call(edge, hosts=hosts))
    assert problem == (400, "bad-request", "a request must have exactly one Host header")
    assert control_state(edge) == before


@pytest.mark.parametrize(("origin", "is_accepted"), ORIGINS.items(), ids=map(repr, ORIGINS))
def test_both_apis_accept_only_origins_of_this_machine_on_loopback(
    edge: EdgeSite, origin: str, *, is_accepted: bool
) -> None:
    before = control_state(edge)
    options = {"headers": {"origin": origin}}
    responses = [
        edge.request("PUT", GUARDED_PATH, json={"mode": "instant"}, **options),
        place_call(edge, **options),
    ]
    if is_accepted:
        assert [response.status_code for response in responses] == [200, 200]
        return
    for response in responses:
        status, kind, detail = read_problem(response)
        assert (status, kind) == (403, "foreign-origin")
        assert repr(redact_text(origin, SALT)) in detail
    assert control_state(edge) == before


@pytest.mark.parametrize("origin", ORIGINS, ids=map(repr, ORIGINS))
def test_health_accepts_any_origin_without_allowing_cross_origin_reads(
    edge: EdgeSite, origin: str
) -> None:
    response = edge.request("GET", OPEN_PATH, headers={"origin": origin})
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(("origin", "is_accepted"), ORIGINS.items(), ids=map(repr, ORIGINS))
def test_an_inbox_receives_nothing_from_a_foreign_page(
    edge: EdgeSite, origin: str, *, is_accepted: bool
) -> None:
    edge.request("PUT", "/_mock/inboxes/mine", json={"responses": [503]})
    response = edge.request("POST", INBOX_PATH, headers={"origin": origin})
    assert response.status_code == (503 if is_accepted else 403)
    assert len(edge.default.inboxes["mine"].requests) == is_accepted
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    ("origin", "host", "status"),
    [
        ("http://mock.lan:8080", "mock.lan:8080", 200),
        ("https://MOCK.lan", "mock.LAN", 200),
        ("http://localhost:3000", "mock.lan", 200),
        ("http://other.lan", "mock.lan", 403),
        ("http://mock.lan:81", "mock.lan", 403),
        ("http://mock.lan.evil.test", "mock.lan", 403),
        ("http://evil.test:8080", "evil.test:8080", 403),
        ("null", "mock.lan", 403),
        ("null", "", 403),
        ("http://", "", 403),
    ],
)
def test_beyond_loopback_an_origin_must_be_local_or_the_same_host(
    configuration: Configuration, origin: str, host: str, status: int
) -> None:
    edge = build_edge_site(configuration, EXPOSED)
    options = {"headers": {"origin": origin, **BEARER}, "hosts": [host]}
    statuses = [
        edge.request("GET", GUARDED_PATH, **options).status_code,
        place_call(edge, **options).status_code,
    ]
    assert statuses == [status, status]


def test_a_page_on_a_rebound_name_is_foreign_on_loopback(edge: EdgeSite) -> None:
    rebound = {"headers": {"origin": "http://evil.test:8080"}, "hosts": ["evil.test:8080"]}
    assert read_problem(place_call(edge, **rebound))[:2] == (403, "foreign-origin")
    assert read_problem(place_call(edge, hosts=["evil.test:8080"]))[:2] == (403, "foreign-host")
    assert read_problem(edge.request("GET", GUARDED_PATH, hosts=["evil.test:8080"]))[:2] == (
        403,
        "foreign-host",
    )


@pytest.mark.parametrize(
    ("authorization", "is_accepted"),
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
def test_the_token_is_compared_exactly_and_its_scheme_in_any_case(
    authorization: str, *, is_accepted: bool
) -> None:
    assert (
        EXPOSED.check_control_request(Headers({"authorization": authorization})) is None
    ) == is_accepted


def test_a_token_may_contain_non_ascii_characters() -> None:
    raw = [(b"authorization", "Bearer s\xe9same".encode())]
    access_control = AccessControl(token="s\xe9same", is_exposed=True)
    assert access_control.check_control_request(Headers(raw=raw)) is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"authorization": "Bearer whatever"}, 200),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "http://mock.lan"}, 200),
    ],
)
def test_an_open_control_api_still_rejects_foreign_web_pages(
    configuration: Configuration, headers: dict[str, str], status: int
) -> None:
    edge = build_edge_site(configuration, AccessControl(token=OPEN_ACCESS, is_exposed=True))
    assert (
        edge.request("GET", GUARDED_PATH, headers=headers, hosts=["mock.lan"]).status_code == status
    )


def test_a_foreign_host_problem_names_the_hosts_it_received(edge: EdgeSite) -> None:
    details = [
        read_problem(edge.request("GET", GUARDED_PATH, hosts=hosts))[2]
        for hosts in ([], ["a", "b"])
    ]
    advice = "a web page may not control the mock; --allow-host NAME allows another host name"
    assert details == [
        f"the Host header names nothing: {advice}",
        f"the Host header names 'a' and 'b': {advice}",
    ]


def test_the_own_origin_is_accepted(edge: EdgeSite) -> None:
    headers = {"origin": ORIGIN}
    assert edge.request("GET", GUARDED_PATH, headers=headers).status_code == 200


CROSS = {"sec-fetch-site": "cross-site"}
VISIT = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.mark.parametrize("path", [GUARDED_PATH, "/mobtexting/api/v2/voice/c2c"])
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
def test_a_cross_site_fetch_is_rejected(edge: EdgeSite, path: str, headers: dict[str, str]) -> None:
    assert read_problem(edge.request("GET", path, headers=CROSS | headers))[:2] == (
        403,
        "foreign-origin",
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
def test_navigation_and_same_site_requests_are_accepted(
    edge: EdgeSite, headers: dict[str, str]
) -> None:
    assert edge.request("GET", GUARDED_PATH, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("host", "origin", "site", "is_accepted"),
    [
        ("webrtc.innocalls.com", "https://webrtc.innocalls.com", "same-origin", True),
        ("WebRTC.innocalls.com", "https://webrtc.innocalls.com", "same-origin", True),
        ("webrtc.innocalls.com", "http://webrtc.innocalls.com", "same-origin", False),
        ("webrtc.innocalls.com", "https://webrtc.innocalls.com", "cross-site", False),
        ("webrtc.innocalls.com", "https://ecommerce.innocalls.com", "same-origin", False),
        ("evil.test", "https://evil.test", "same-origin", False),
        ("localhost", "https://webrtc.innocalls.com", "same-origin", False),
    ],
)
def test_a_page_of_the_vendor_that_the_server_serves_over_tls_may_send_requests(
    edge: EdgeSite, host: str, origin: str, site: str, *, is_accepted: bool
) -> None:
    """Such as the login page of Innocalls: no foreign page can have its Origin."""
    headers = {"origin": origin, "sec-fetch-site": site}
    response = edge.request("POST", "/nowhere", json={}, headers=headers, hosts=[host])
    assert (response.status_code == 403) != is_accepted


@pytest.mark.parametrize("headers", [CROSS, CROSS | VISIT])
def test_a_page_can_neither_fetch_from_an_inbox_nor_lead_its_user_there(
    edge: EdgeSite, headers: dict[str, str]
) -> None:
    edge.request("PUT", "/_mock/inboxes/mine", json={"responses": [503]})
    problem = read_problem(edge.request("GET", INBOX_PATH, headers=headers))
    assert problem[:2] == (403, "foreign-origin")
    assert edge.request("POST", INBOX_PATH).status_code == 503


@pytest.mark.parametrize(
    ("path", "status"), [(CLICK_TO_CALL_PATH, 200), (GUARDED_PATH, 403), (INBOX_PATH, 403)]
)
def test_a_page_of_cors_may_use_the_vendor_routes_alone(
    configuration: Configuration, path: str, status: int
) -> None:
    edge = build_edge_site(configuration, AccessControl(cors_origins=("http://app.test",)))
    headers = HEADERS | CROSS | {"origin": "http://app.test"}
    method = "PUT" if path == GUARDED_PATH else "POST"
    body = {"mode": "instant"} if path == GUARDED_PATH else dict(CLICK_TO_CALL)
    assert edge.request(method, path, json=body, headers=headers).status_code == status
