"""The WebRTC pages: who is let in, and what the page places."""

import pytest

from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.vendors.innocalls import change_account, request, response_body

PHONE = "00966500000000"
IN = {"cookie": "other=x; innocalls_session=101:key"}


def headed(
    state: SandboxState, operation: str, headers: dict[str, str], **fields: object
) -> object:
    told = request(state, operation, headers=headers, phone_number=PHONE, **fields).response
    return told.status, told.headers.get("location", told.headers.get("content-type", ""))


LOGIN = (302, "login.php?phone_number=966500000000")
HTML = (200, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("cookie", "told"),
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
def test_page_is_for_those_who_have_logged_in(
    state: SandboxState, cookie: str, told: object
) -> None:
    assert headed(state, "webrtc", {"cookie": cookie}) == told


def test_extension_has_to_be_the_account_s_if_it_names_any(state: SandboxState) -> None:
    change_account(state, extensions={"102": {"name": "Ann"}})
    assert headed(state, "webrtc", IN) == LOGIN
    change_account(state, extensions={"101": {}})
    assert headed(state, "webrtc", IN) == HTML


def test_login_form_escapes_what_it_repeats(state: SandboxState) -> None:
    told = request(state, "webrtc-login", headers={}, phone_number='"><script>').response
    assert isinstance(told.body, bytes)
    assert b"<script>" not in told.body
    assert b"&quot;&gt;&lt;script&gt;" in told.body


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 302),
        ({"password": "invalid"}, 401),
        ({"password": None}, 401),
        ({"extension": ""}, 401),
    ],
)
def test_entering(state: SandboxState, fields: dict[str, object], status: int) -> None:
    told = request(state, "webrtc-enter", headers={}, **fields).response
    assert told.status == status
    if status == 302:
        assert dict(told.headers) == {
            "location": "integration.php?phone_number=966500000000",
            "set-cookie": "innocalls_session=101:key; Path=/; HttpOnly; SameSite=Lax",
        }


def test_extension_and_key_may_hold_anything(state: SandboxState) -> None:
    told = request(state, "webrtc-enter", headers={}, extension="a;b:c", password="k ey").response
    cookie = told.headers["set-cookie"].partition(";")[0]
    assert headed(state, "webrtc", {"cookie": cookie}) == HTML
    request(state, "webrtc-call", headers={"cookie": cookie})
    assert [leg.number for leg in read.calls(state)["c1"].legs] == ["a;b:c", "966500000000"]


def test_call_of_a_stranger_is_refused(state: SandboxState) -> None:
    assert response_body(request(state, "webrtc-call", headers={}))["status"] == 401
    assert read.calls(state) == {}
