"""The WebRTC pages of Innocalls: login, session and the calls that they place."""

import pytest

from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.vendors import response_body
from tests.support.vendors.innocalls import change_account, request

PHONE = "00966500000000"
LOGGED_IN = {"cookie": "other=x; innocalls_session=101:key"}


def status_and_location(
    state: SandboxState, operation: str, headers: dict[str, str], **fields: object
) -> object:
    response = request(state, operation, headers=headers, phone_number=PHONE, **fields).response
    return response.status, response.headers.get(
        "location", response.headers.get("content-type", "")
    )


LOGIN = (302, "login.php?phone_number=966500000000")
HTML = (200, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        ("innocalls_session=101:key", HTML),
        ("innocalls_session=101:invalid", LOGIN),
        ("innocalls_session=:key", LOGIN),
        ("innocalls_session=101", LOGIN),
        ("innocalls_session=", LOGIN),
        ("", LOGIN),
        ('"', LOGIN),
    ],
)
def test_the_call_page_needs_a_session_cookie(
    state: SandboxState, cookie: str, expected: object
) -> None:
    assert status_and_location(state, "webrtc", {"cookie": cookie}) == expected


def test_the_extension_must_be_known_if_the_account_names_extensions(state: SandboxState) -> None:
    change_account(state, extensions={"102": {"name": "Ann"}})
    assert status_and_location(state, "webrtc", LOGGED_IN) == LOGIN
    change_account(state, extensions={"101": {}})
    assert status_and_location(state, "webrtc", LOGGED_IN) == HTML


def test_the_login_form_escapes_the_phone_number(state: SandboxState) -> None:
    response = request(state, "webrtc-login", headers={}, phone_number='"><script>').response
    assert isinstance(response.body, bytes)
    assert b"<script>" not in response.body
    assert b"&quot;&gt;&lt;script&gt;" in response.body


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 302),
        ({"password": "invalid"}, 401),
        ({"password": None}, 401),
        ({"extension": ""}, 401),
    ],
)
def test_logging_in_needs_an_extension_and_a_valid_key(
    state: SandboxState, fields: dict[str, object], status: int
) -> None:
    response = request(state, "webrtc-enter", headers={}, **fields).response
    assert response.status == status
    if status == 302:
        assert dict(response.headers) == {
            "location": "integration.php?phone_number=966500000000",
            "set-cookie": "innocalls_session=101:key; Path=/; HttpOnly; SameSite=Lax",
        }


def test_an_extension_and_key_may_contain_any_characters(state: SandboxState) -> None:
    response = request(
        state, "webrtc-enter", headers={}, extension="a;b:c", password="k ey"
    ).response
    cookie = response.headers["set-cookie"].partition(";")[0]
    assert status_and_location(state, "webrtc", {"cookie": cookie}) == HTML
    request(state, "webrtc-call", headers={"cookie": cookie})
    assert [leg.number for leg in read.calls(state)["c1"].legs] == ["a;b:c", "966500000000"]


def test_a_call_without_a_session_is_refused(state: SandboxState) -> None:
    assert response_body(request(state, "webrtc-call", headers={}))["status"] == 401
    assert read.calls(state) == {}


@pytest.mark.parametrize("field", ["extension", "password", "phone_number"])
@pytest.mark.parametrize(("length", "fault"), [(255, None), (256, "bad-request")])
def test_a_field_of_the_login_is_no_longer_than_a_header_can_carry(
    state: SandboxState, field: str, length: int, fault: str | None
) -> None:
    exchange = request(state, "webrtc-enter", **{field: "7" * length})
    assert exchange.fault == fault
