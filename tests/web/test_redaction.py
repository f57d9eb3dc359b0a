"""Credentials are masked wherever they may appear in an output."""

import time
from typing import Any

import pytest

from mockserver.web import redaction
from mockserver.web.redaction import mask
from mockserver.web.secret_pattern import SLICE

SALT = "salt"
SECRET = "k-123"
MASKED = mask(SECRET, SALT)


def test_masks_have_one_form_and_differ_between_secrets() -> None:
    masks = {mask(secret, SALT) for secret in ("a", "b", "", "ü", "\ud800", "a" * 10_000)}
    assert len(masks) == 6
    assert {(masked[:3], len(masked)) for masked in masks} == {("***", 9)}


def test_the_mask_of_a_secret_depends_on_the_salt() -> None:
    assert mask(SECRET, SALT) == MASKED
    assert mask(SECRET, "other") != MASKED


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        ({}, {}),
        ({"accept": SECRET}, {"accept": SECRET}),
        ({"authorization": f"Bearer {SECRET}"}, {"authorization": f"Bearer {MASKED}"}),
        ({"authorization": SECRET}, {"authorization": MASKED}),
        ({"authorization": "Basic a b"}, {"authorization": f"Basic {mask('a b', SALT)}"}),
        ({"cookie": SECRET}, {"cookie": MASKED}),
        ({"proxy-authorization": f"Basic {SECRET}"}, {"proxy-authorization": f"Basic {MASKED}"}),
        ({"x-mock-token": SECRET, "host": "h"}, {"x-mock-token": MASKED, "host": "h"}),
    ],
)
def test_credentials_in_headers_are_masked(
    original: dict[str, str], expected: dict[str, str]
) -> None:
    assert redaction.redact_headers(original, SALT) == expected


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        (None, None),
        (SECRET, SECRET),
        (1.5, 1.5),
        ({"from": SECRET}, {"from": SECRET}),
        ({"access_token": SECRET}, {"access_token": MASKED}),
        ({"Access_Token": SECRET}, {"Access_Token": MASKED}),
        ({"apikey": SECRET, "api_key": SECRET}, {"apikey": MASKED, "api_key": MASKED}),
        ({"security-id": SECRET, "token": SECRET}, {"security-id": MASKED, "token": MASKED}),
        ({"password": SECRET, "secret": SECRET}, {"password": MASKED, "secret": MASKED}),
        ({"token": 17}, {"token": mask("17", SALT)}),
        ({"token": None}, {"token": None}),
        ({"token": {"a": SECRET}}, {"token": mask('{"a": "k-123"}', SALT)}),
        ([{"token": SECRET}, 1], [{"token": MASKED}, 1]),
        (({"token": SECRET},), [{"token": MASKED}]),
        ({"credentials": "any"}, {"credentials": "any"}),
        ({"credentials": None}, {"credentials": None}),
        ({"credentials": SECRET}, {"credentials": MASKED}),
        ({"credentials": {"mobtexting": [SECRET]}}, {"credentials": {"mobtexting": [MASKED]}}),
        ({"has_password": True}, {"has_password": True}),
        ({"key": "5"}, {"key": "5"}),
        ({"query": f"key={SECRET}"}, {"query": f"key={MASKED}"}),
        ({"query": {"key": "5"}}, {"query": {"key": "5"}}),
        ({"headers": {"Cookie": SECRET}}, {"headers": {"Cookie": MASKED}}),
        ({"headers": [SECRET]}, {"headers": [SECRET]}),
        ({"headers": {"Cookie": [SECRET]}}, {"headers": {"Cookie": [SECRET]}}),
        ({"url": f"http://h/?key={SECRET}"}, {"url": f"http://h/?key={MASKED}"}),
        ({"back": f"http://h/?key={SECRET}#a"}, {"back": f"http://h/?key={MASKED}#a"}),
        ({"credentials": [SECRET, 17]}, {"credentials": [MASKED, mask("17", SALT)]}),
        ({"a": [{"b": {"token": SECRET}}]}, {"a": [{"b": {"token": MASKED}}]}),
    ],
)
def test_values_with_secret_names_are_masked(original: Any, expected: Any) -> None:
    assert redaction.redact_value(original, SALT) == expected


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        ("", ""),
        ("a=1&b=2", "a=1&b=2"),
        (f"access_token={SECRET}", f"access_token={MASKED}"),
        (f"a=1&TOKEN={SECRET}&b", f"a=1&TOKEN={MASKED}&b="),
        ("token", f"token={mask('', SALT)}"),
        ("token=", f"token={mask('', SALT)}"),
        (f"token=a=b&x={SECRET}", f"token={mask('a=b', SALT)}&x={SECRET}"),
    ],
)
def test_credentials_in_a_query_are_masked(original: str, expected: str) -> None:
    assert redaction.redact_query(original, SALT) == expected


@pytest.mark.parametrize("name", ["access%5Ftoken", "access_toke%6E", "%61ccess_token"])
def test_a_query_parameter_with_an_encoded_name_is_masked(name: str) -> None:
    assert SECRET not in redaction.redact_query(f"{name}={SECRET}", SALT)


@pytest.mark.parametrize("nested_value", [[SECRET], {"0": SECRET}, [[SECRET]]])
def test_values_nested_under_a_secret_name_are_masked(nested_value: Any) -> None:
    """A form may send `access_token[]=...`."""
    assert SECRET not in repr(redaction.redact_value({"access_token": nested_value}, SALT))


@pytest.mark.parametrize(
    "original", ["token" * 200_000, "token\r\n" * 140_000, 'name="token"' * 80_000]
)
def test_a_megabyte_of_secret_names_is_scanned_in_linear_time(original: str) -> None:
    """A scan that starts over for each name would take minutes."""
    assert redaction.redact_text(original, SALT) == original


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        ("", ""),
        ("/a/b", "/a/b"),
        (f"/hooks/x-token/{SECRET}/y", f"/hooks/x-token/{MASKED}/y"),
        ("/hooks/token/", "/hooks/token/"),
        (f"/hooks;token={SECRET}", f"/hooks;token={MASKED}"),
    ],
)
def test_the_segment_of_a_path_after_a_secret_name_is_masked(original: str, expected: str) -> None:
    assert redaction.redact_path(original, SALT) == expected
    assert redaction.redact_value({"path": original}, SALT) == {"path": expected}


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        ("", ""),
        ("a token is here", "a token is here"),
        (f"token={SECRET}&a=1", f"token={MASKED}&a=1"),
        (f"TOKEN : {SECRET}, a", f"TOKEN : {MASKED}, a"),
        (
            f"http://u:p@h/?a=1&secret={SECRET}",
            f"http://{mask('u:p', SALT)}@h/?a=1&secret={MASKED}",
        ),
        ("http://h:80/@x", "http://h:80/@x"),
        (f"at http://h/x-token/{SECRET}/y, a", f"at http://h/x-token/{MASKED}/y, a"),
        (f'["http:\\/\\/h\\/token\\/{SECRET}"]', f'["http:\\/\\/h\\/token\\/{MASKED}"]'),
        (f"u=http%3A%2F%2Fh%2Ftoken%2F{SECRET}%26a", f"u=http%3A%2F%2Fh%2Ftoken%2F{MASKED}%26a"),
        ("http://h/token/?a=1", "http://h/token/?a=1"),
        ("mail a@b.test", "mail a@b.test"),
        (f'{{"api_key": "{SECRET}", "a": "b', f'{{"api_key": "{MASKED}", "a": "b'),
        ('"password": "one, two" : 3', f'"password": "{mask("one, two", SALT)}" : 3'),
        (f'\\"token\\": \\"{SECRET}\\"', f'\\"token\\": \\"{MASKED}\\"'),
        (f"key={SECRET}", f"key={MASKED}"),
        (f"a=1&key[0]={SECRET}&b", f"a=1&key[0]={MASKED}&b"),
        ("monkey=1&key", "monkey=1&key"),
        (f"u=http%3A%2F%2Fh%3Fkey%3D{SECRET}%26a", f"u=http%3A%2F%2Fh%3Fkey%3D{MASKED}%26a"),
        (f"u=http%3A%2F%2F{SECRET}%40h&a", f"u=http%3A%2F%2F{MASKED}%40h&a"),
        (f"http:\\/\\/{SECRET}@h", f"http:\\/\\/{MASKED}@h"),
        (f"\u0130 TOKEN={SECRET}", f"\u0130 TOKEN={MASKED}"),
    ],
)
def test_credentials_in_text_are_masked(original: str, expected: str) -> None:
    assert redaction.redact_text(original, SALT) == expected


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        ("http://h/x", "http://h/x"),
        ("http://h/x?a=%20b", "http://h/x?a=%20b"),
        (f"http://h/x?token={SECRET}", f"http://h/x?token={MASKED}"),
        (f"http://{SECRET}@h/x?", f"http://{MASKED}@h/x?"),
        (f"http://u:a@{SECRET}@h/x?", f"http://{mask(f'u:a@{SECRET}', SALT)}@h/x?"),
    ],
)
def test_credentials_in_a_url_are_masked(original: str, expected: str) -> None:
    assert redaction.redact_url(original, SALT) == expected


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        (None, {"a": [f"see {SECRET}", 1]}),
        ("", {"a": [f"see {SECRET}", 1]}),
        ("see", {"a": [f"see {SECRET}", 1]}),  # too short: it may be part of any word
        (SECRET, {"a": [f"see {MASKED}", 1]}),
    ],
)
def test_a_known_secret_is_masked_in_text_unless_it_is_short(
    secret: str | None, expected: object
) -> None:
    assert redaction.redact_secret({"a": [f"see {SECRET}", 1]}, secret, SALT) == expected


@pytest.mark.parametrize("before", [SLICE - 9, SLICE - 1, SLICE, SLICE + 1, 3 * SLICE - 4])
@pytest.mark.parametrize("length", [1, 10, SLICE, 2 * SLICE])
def test_a_secret_is_masked_wherever_it_begins_and_ends_in_a_long_text(
    before: int, length: int
) -> None:
    """A long text is searched in slices."""
    secret = "s" * length
    original = f"{' ' * before}a token={secret}&a=1 and token={SECRET}"
    expected = f"{' ' * before}a token={mask(secret, SALT)}&a=1 and token={MASKED}"
    assert redaction.redact_text(original, SALT) == expected


@pytest.mark.parametrize(
    "unit",
    [
        *("token", "token=x&", "token: x, ", "a=b&", "%41%5F", "://", "http://h/?a=1 "),
        *(
            '"token":',
            'name="token"',
            "token ",
            "\\",
            '\\"',
            "&key[",
            "token[",
            "u:p@",
            "[[[",
            "=" * 9,
            ":/token",
            ":/token\\/",
            f":/{'a' * 40}",
        ),
    ],
)
def test_a_megabyte_of_anything_is_redacted_in_under_two_seconds(unit: str) -> None:
    """A scan that starts over again and again would take minutes."""
    started_at = time.thread_time()
    redaction.redact_text(unit * (1_000_000 // len(unit)), SALT)
    assert time.thread_time() - started_at < 2
