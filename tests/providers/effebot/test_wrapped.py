"""Requests of public clients of the vendor's brands, by default and with the quirk `wrapped`."""

from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from tests.support.edge_site import EdgeSite, build_edge_site

KEY = {"apiKey": "key"}
CALL = {**KEY, "phone": "79000000001", "outgoingPhone": "99999999999"}
IVRS = [
    {"digit": 1, "needBlock": 0, "smsText": None, "webhookUrl": None, "managerPhone": ""},
    {"digit": None, "record": {"id": None, "text": "Nothing was pressed"}},
]
Body = dict[str, Any]


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


@pytest.fixture
def wrapped(edge: EdgeSite) -> EdgeSite:
    """The site of an account with the quirk that public clients need."""
    path = "/_mock/accounts/effebot/effebot-default"
    assert edge.request("PATCH", path, json={"quirks": ["wrapped"]}).status_code == 200
    return edge


def post(edge: EdgeSite, path: str, **more: Any) -> httpx.Response:
    return edge.request("POST", f"/effebot/{path}", **more)


def first_of(body: Body) -> Any:
    """Read the first item as a client does that looks at no status before."""
    return body["data"][0]


def test_a_session_creates_a_record_calls_with_it_and_reads_the_call(wrapped: EdgeSite) -> None:
    form = {**KEY, "name": "Greeting", "source": "file"}
    files = {"file": ("greeting.mp3", b"ID3", "audio/mpeg")}
    record = post(wrapped, "apiCalls/createRecord", data=form, files=files).json()["data"]
    assert record["needModeration"] == 1
    records = post(wrapped, "apiCalls/getRecords", json=KEY).json()["data"]
    assert {"id": record["id"], "name": "Greeting"} in records
    created = post(wrapped, "apiCalls/create", json={**CALL, "record": {"id": 1}, "ivrs": IVRS})
    name = first_of(created.json())["id"]
    wrapped.advance()
    read = post(wrapped, "apiCalls/get", params={"apiCallIdList[]": name}, json=KEY).json()
    assert (read["status"], first_of(read)["calls"][0]["status"]) == ("success", "finished")


def test_a_session_calls_from_a_template_and_reads_it(wrapped: EdgeSite) -> None:
    templates = post(wrapped, "apiCalls/getTemplates", json={**KEY, "onlyModerated": 1}).json()
    call = {**CALL, "templateId": first_of(templates)["id"]}
    created = post(wrapped, "apiCalls/createWithTemplate", json=call).json()
    names = {**KEY, "apiCallIdList": [first_of(created)["id"]]}
    read = post(wrapped, "apiCalls/getWithTemplates", json=names).json()
    assert first_of(read)["calls"][0]["phone"] == CALL["phone"]


def test_a_session_that_sends_a_blank_caller_number_is_refused_by_the_rule_of_the_page(
    wrapped: EdgeSite,
) -> None:
    body = {**CALL, "outgoingPhone": "", "templateId": 1}
    refused = post(wrapped, "apiCalls/createWithTemplate", json=body).json()
    assert first_of(refused) == {
        "status": "error",
        "phone": CALL["phone"],
        "message": "The outgoingPhone field is required unless dutyPhone is 1.",
    }


REQUESTS: dict[str, tuple[str, Body]] = {
    "the PHP class": ("apiCalls/create", {**CALL, "record": {"text": "Hello", "gender": 0}}),
    "the calldog client": (
        "apiCalls/create",
        {**KEY, "phone": 79000000001, "dutyPhone": 1, "record": {"text": "Hello"}},
    ),
}


@pytest.mark.parametrize(("path", "body"), REQUESTS.values(), ids=REQUESTS)
def test_a_client_reads_the_id_of_its_call_in_the_first_item(
    wrapped: EdgeSite, path: str, body: Body
) -> None:
    response = post(wrapped, path, json=body)
    item = first_of(response.json())
    assert (response.status_code, item["id"], item["phone"]) == (200, 1, "79000000001")


@pytest.mark.parametrize(("path", "body"), REQUESTS.values(), ids=REQUESTS)
def test_without_the_quirk_the_call_is_bare_as_the_page_prints_it(
    edge: EdgeSite, path: str, body: Body
) -> None:
    response = post(edge, path, json=body)
    assert (response.status_code, response.json()["id"]) == (200, 1)
    assert "effebot=wrapped" in response.headers["x-mock-explain"]


def test_a_form_reads_the_balance_by_default(edge: EdgeSite) -> None:
    body = post(edge, "apiCalls/userInfo", data=KEY).json()
    assert body == {"id": 1, "balance": "100.00"}


def test_a_form_reads_the_balance_in_the_envelope(wrapped: EdgeSite) -> None:
    body = post(wrapped, "apiCalls/userInfo", data=KEY).json()
    assert body == {"status": "success", "data": {"id": 1, "balance": "100.00"}}


def test_a_client_that_reads_a_field_of_the_first_item_of_a_refusal_finds_an_item(
    wrapped: EdgeSite,
) -> None:
    body = {**CALL, "phone": "+79240000001", "record": {"text": "Hello"}}
    refused = post(wrapped, "apiCalls/create", json=body)
    item = first_of(refused.json())
    assert (refused.status_code, refused.json()["status"]) == (200, "error")
    assert (item.get("createdAt"), item["phone"], item["status"]) == (None, "+79240000001", "error")
