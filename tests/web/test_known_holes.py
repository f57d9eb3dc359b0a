"""Known vulnerabilities of HTTP parsers and servers, each by its number, have no effect."""

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import DeliveryResult
from mockserver.web.access_control import AccessControl
from mockserver.web.vendor.request import parse_fields
from tests.corpus.form_bodies import END, FORM, NAMED, PARTS, form, part, parts
from tests.support.edge_site import EdgeSite, build_edge_site, respond_promptly
from tests.support.receivers import deliver_to_receiver, respond_with
from tests.support.simulation import CLICK_TO_CALL_PATH
from tests.support.site import HEADERS, read_problem
from tests.support.sockets import exchange_bytes

LARGE = 900_000

SLOW = {
    "CVE-2024-24762, a content type of backslashes": (f'{FORM}; !="' + "\\" * 60_000, b"a=1"),
    "CVE-2024-24762, the same for parts": (f'{PARTS}; !="' + "\\" * 60_000, part(NAMED) + END),
    "CVE-2024-53981, line ends before": parts(b"\r\n" * (LARGE // 2), part(NAMED)),
    "CVE-2024-53981, line ends behind": parts(part(NAMED), end=END + b"\r\n" * (LARGE // 2)),
    "CVE-2026-40347, a preamble": parts(b"x" * LARGE + b"\r\n", part(NAMED)),
    "CVE-2026-40347, a preamble of dashes": parts(b"--" * (LARGE // 2), part(NAMED)),
    "CVE-2026-40347, an epilogue": parts(part(NAMED), end=END + b"x" * LARGE),
    "CVE-2026-42561, many fields of a part": parts(part(NAMED + b"\r\na: b" * 150_000)),
    "CVE-2026-42561, a long field of a part": parts(part(NAMED + b"\r\na: " + b"x" * LARGE)),
    "CVE-2026-42561, a head without an end": parts(b"--b\r\n" + b"a: b\r\n" * 150_000, end=b""),
    "CVE-2026-53539, semicolons": form(b"a;" * (LARGE // 2)),
    "CVE-2026-53539, pairs and semicolons": form(b"a=1;" * (LARGE // 4)),
    "CVE-2023-30798, parts without number": parts(*[part(NAMED, b"")] * 15_000),
    "CVE-2024-47874, a long part that is no file": parts(part(NAMED, b"x" * LARGE)),
    "CVE-2026-54283, fields without number": form(b"a=1&" * (LARGE // 4)),
    "CVE-2026-54283, a long field": form(b"a=" + b"x" * LARGE),
    "CVE-2025-54121, a large file": parts(part(NAMED + b'; filename="a"', b"x" * LARGE)),
}  # fmt: skip


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    """A site that is warm, so that the measured requests load nothing."""
    edge = build_edge_site(configuration)
    edge.click_to_call()
    return edge


@pytest.mark.parametrize("vulnerability", SLOW)
def test_a_body_of_a_known_denial_of_service_is_answered_promptly(
    edge: EdgeSite, vulnerability: str
) -> None:
    content_type, body = SLOW[vulnerability]
    headers = HEADERS | {"content-type": content_type}
    response = respond_promptly(
        lambda: edge.request("POST", CLICK_TO_CALL_PATH, content=body, headers=headers)
    )
    assert response.headers["x-mock-fault"]
    assert response.status_code < 500


@pytest.mark.parametrize(
    ("content_type", "body", "fields"),
    [
        # CVE-2026-53538: a semicolon separates nothing
        (FORM, b"role=user&x=;role=admin", {"role": "user", "x": ";role=admin"}),
        (FORM, b"role=user;role=admin", {"role": "user;role=admin"}),
        # CVE-2026-53537: a second name in another spelling
        (PARTS, part(NAMED + b"; name*=utf-8''other") + END, {"spoilt": "x"}),
        (PARTS, part(NAMED + b"; name*0=oth; name*1=er") + END, {"spoilt": "x"}),
        (PARTS, part(NAMED + b"; filename*=utf-8''a.bin") + END, {"spoilt": "x"}),
    ],
)
def test_an_ambiguous_form_is_parsed_in_one_way_only(
    content_type: str, body: bytes, fields: dict[str, object]
) -> None:
    assert parse_fields(content_type, body, "") == (fields, "")


@pytest.mark.parametrize(
    "host",
    [
        "localhost/_mock/health",
        "localhost/_mock/health?",
        "localhost/_mock/receive/a#",
        "a/../_mock",
    ],
)
def test_a_path_in_the_host_header_does_not_bypass_access_control(
    configuration: Configuration, host: str
) -> None:
    """CVE-2026-48710: a path in the Host header became the path of the request."""
    edge = build_edge_site(configuration, AccessControl(token="let-me-in", is_exposed=True))
    assert read_problem(edge.request("GET", "/_mock/clock", hosts=[host]))[0] == 401
    assert (
        read_problem(build_edge_site(configuration).request("GET", "/_mock/clock", hosts=[host]))[0]
        == 403
    )


@pytest.mark.parametrize("path", ["//localhost/_mock/clock", "/@localhost/_mock/clock", "/:80@a/"])
def test_a_host_in_the_path_does_not_replace_the_host_header(edge: EdgeSite, path: str) -> None:
    """PYSEC-2026-248: a path became the host name of the server."""
    response = edge.request("GET", path, hosts=["evil.test"])
    assert read_problem(response)[:2] == (403, "foreign-host")


def test_6000_ranges_are_answered_promptly(edge: EdgeSite) -> None:
    """CVE-2025-62727: time grew with the square of the number of ranges."""
    record = {"apiKey": "k", "source": "text", "text": "Hello", "name": "x"}
    path = edge.request("POST", "/effebot/apiCalls/createRecord", json=record).json()["path"]
    ranges = "bytes=" + ",".join(f"{start}-{start + 1}" for start in range(0, 12_000, 2))
    media_path = path.partition("8080")[2]
    response = respond_promptly(lambda: edge.request("GET", media_path, headers={"range": ranges}))
    assert response.status_code == 200


def test_line_breaks_in_a_parameter_add_no_response_header(port: int) -> None:
    """CVE-2020-7695: a value of the request ended the header in which it was sent back."""
    body = b'{"bridge": "1\\r\\nset-cookie: a=b", "from": "\\u010a\\u010d", "to": "2"}'
    head = (
        b"POST /mobtexting/api/v2/voice/c2c HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer k"
    )
    head += b"\r\naccept: application/json\r\ncontent-type: application/json\r\nconnection: close"
    response = exchange_bytes(port, head + b"\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
    assert b"\r\nx-mock-explain: " in response
    assert b"\nset-cookie" not in response


@pytest.mark.parametrize("size", [b"-1", b"-0", b"+0"])
def test_a_signed_content_length_gets_400(port: int, size: bytes) -> None:
    """CVE-2026-53540: a body of negative length was read until the end."""
    head = b"POST /_mock/wait HTTP/1.1\r\nhost: localhost\r\ncontent-length: "
    assert exchange_bytes(port, head + size + b"\r\n\r\n").startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("end", [b"XX", b"\n\n", b"\rX", b"X\n"])
def test_a_chunk_of_a_receiver_response_must_end_with_crlf(end: bytes) -> None:
    """CVE-2025-43859: any two bytes were taken for the end of a chunk."""
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    result = deliver_to_receiver(respond_with(head + b"2\r\nab" + end + b"0\r\n\r\n"))
    assert result == DeliveryResult(status=None, error="protocol")
