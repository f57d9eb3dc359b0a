"""A request, a webhook, a sandbox by its name; what is raw; the list of inboxes."""

import pytest

from tests.support import read
from tests.support.edge_site import EdgeSite, build_looping_site
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import BEARER, HEADERS, read_problem


@pytest.mark.parametrize("name", ["calls", "requests", "webhooks"])
def test_one_item_is_as_its_list_shows_it(edge: EdgeSite, name: str) -> None:
    edge.click_to_call()
    edge.advance()
    [item] = edge.get_json(f"/_mock/{name}")[name]
    assert edge.get_json(f"/_mock/{name}/{item['id']}") == item


@pytest.mark.parametrize(
    ("path", "kind", "detail"),
    [
        (
            "requests/r9",
            "unknown-request",
            "no request is named r9: GET /_mock/requests lists them",
        ),
        ("requests/R1", "unknown-request", "no request is named R1: did you mean 'r1'?"),
        ("requests/R1/raw", "unknown-request", "no request is named R1: did you mean 'r1'?"),
        ("explain/R1", "unknown-request", "no request is named R1: did you mean 'r1'?"),
        (
            "webhooks/w9",
            "unknown-webhook",
            "no webhook is named w9: GET /_mock/webhooks lists them",
        ),
        ("webhooks/W1/raw", "unknown-webhook", "no webhook is named W1: did you mean 'w1'?"),
        ("sandboxes/defualt", "unknown-sandbox", ("no sandbox is named defualt: did you mean"
         " 'default'?")),
    ],
)  # fmt: skip
def test_an_unknown_item_is_not_found_and_the_nearest_named(
    edge: EdgeSite, path: str, kind: str, detail: str
) -> None:
    edge.click_to_call()
    edge.advance()
    assert read_problem(edge.request("GET", f"/_mock/{path}")) == (404, kind, detail)


def test_a_raw_request_has_its_body_as_it_came(edge: EdgeSite) -> None:
    body = b'{ "from": "918867135000",\n "to": "918867136000", "note": "\xc3\xa4" }'
    headers = {**HEADERS, "content-type": "application/json"}
    edge.request("POST", f"{CLICK_TO_CALL_PATH}?a=%20b", content=body, headers=headers)
    raw = edge.get_json("/_mock/requests/r1/raw")
    assert (raw["body"], raw["base64"]) == (body.decode(), None)
    shown = raw["method"], raw["path"], raw["query"], raw["headers"]["content-type"]
    assert shown == ("POST", CLICK_TO_CALL_PATH, "a=%20b", "application/json")


def test_a_raw_body_that_is_no_text_is_shown_in_base64(edge: EdgeSite) -> None:
    edge.request("POST", CLICK_TO_CALL_PATH, content=b"\xff\xfe", headers=HEADERS)
    raw = edge.get_json("/_mock/requests/r1/raw")
    assert (raw["body"], raw["base64"]) == (None, "//4=")


def test_a_raw_request_has_its_secrets_masked(edge: EdgeSite) -> None:
    edge.click_to_call(mid=f"see {BEARER}", password="hunter22")
    text = edge.request("GET", "/_mock/requests/r1/raw").text
    assert BEARER not in text
    assert "hunter22" not in text
    assert edge.get_json("/_mock/requests/r1/raw")["headers"]["authorization"].startswith(
        "Bearer *"
    )


def test_a_raw_request_to_an_unknown_path_is_shown(edge: EdgeSite) -> None:
    edge.request("GET", "/nowhere")
    assert edge.get_json("/_mock/requests/r1/raw")["path"] == "/nowhere"


def test_a_raw_webhook_is_what_the_receiver_gets(edge: EdgeSite) -> None:
    site = build_looping_site(edge.default.state.configuration)
    site.click_to_call()
    site.advance()
    raw = site.get_json("/_mock/webhooks/w1/raw")
    webhook = site.get_json("/_mock/webhooks/w1")
    [name] = [each["name"] for each in site.get_json("/_mock/inboxes")["inboxes"]]
    [received] = site.get_json(f"/_mock/inboxes/{name}")["received"]
    assert (raw["url"], raw["method"]) == (webhook["url"], received["method"])
    assert raw["headers"]["content-type"] == received["headers"]["content-type"]
    assert raw["headers"]["content-length"] == str(len(raw["body"].encode()))
    assert raw["headers"]["user-agent"].startswith("call-mockserver/")
    assert next(iter(raw["headers"])) == "host"


@pytest.mark.parametrize("change", [{"url": "http://"}, {"headers": {"content-length": "7"}}])
def test_a_webhook_that_is_no_http_request_has_its_own_headers_only(
    edge: EdgeSite, change: dict[str, object]
) -> None:
    edge.click_to_call()
    edge.advance()
    state = edge.default.state
    delivery = read.deliveries(state)["w1"]
    state.deliveries.update(delivery.replace(webhook=delivery.webhook.replace(**change)))
    assert edge.get_json("/_mock/webhooks/w1/raw")["headers"] == change.get("headers", {})


def test_the_inboxes_are_listed_by_name(edge: EdgeSite) -> None:
    assert edge.get_json("/_mock/inboxes") == {"inboxes": []}
    edge.request("PUT", "/_mock/inboxes/b", json={"responses": [500, 503], "delay": 0})
    edge.request("POST", "/_mock/receive/b", json={})
    edge.request("POST", "/_mock/receive/a", json={})
    assert edge.get_json("/_mock/inboxes")["inboxes"] == [
        {"name": "a", "received": 1, "evicted": 0, "responses": [], "delay": 0},
        {"name": "b", "received": 1, "evicted": 0, "responses": [503], "delay": 0},
    ]


def test_a_sandbox_counts_what_is_in_it(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.click_to_call("waits-for-a-person")
    edge.request("POST", CLICK_TO_CALL_PATH, json={**CLICK_TO_CALL, "from": ""}, headers=HEADERS)
    edge.advance()
    [listed] = edge.get_json("/_mock/sandboxes")["sandboxes"]
    counts = {
        "calls": {"total": 2, "evicted": 0, "answered": 1, "ended": 1},
        "phones": {"ringing": 1},
        "webhooks": {"delivered": 1},
        "requests": {"200": 2, "422": 1},
    }
    assert edge.get_json("/_mock/sandboxes/default") == {**listed, "counts": counts}
