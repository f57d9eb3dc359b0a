"""Which names have secrets as values."""

import pytest

from mockserver.core.secret_names import is_secret_header, is_secret_name, is_secret_parameter


@pytest.mark.parametrize(
    "name",
    [
        *("token", "access_token", "X-Auth-Token", "authToken", "refresh_token", "X-Token"),
        *("secret", "clientSecret", "client_secret", "password", "passwd", "passphrase"),
        *("apiKey", "Api-Key", "X-API-KEY", "private_key", "security-id", "signature"),
        *("auth", "session", "X-Session", "pass", "pwd", "sig", "jwt", "credential", "token[0]"),
    ],
)
def test_a_secret_name_is_secret_in_any_place(name: str) -> None:
    checks = (is_secret_name, is_secret_parameter, is_secret_header)
    assert [check(name) for check in checks] == [True, True, True]


@pytest.mark.parametrize(
    "name", ["tokens", "keys", "author", "in_session", "bypass", "would_pass", "mid", "to", ""]
)
def test_any_other_name_is_secret_nowhere(name: str) -> None:
    checks = (is_secret_name, is_secret_parameter, is_secret_header)
    assert [check(name) for check in checks] == [False, False, False]


@pytest.mark.parametrize("name", ["Authorization", "cookie", "Set-Cookie", "proxy-authorization"])
def test_some_names_are_secret_in_headers_only(name: str) -> None:
    checks = (is_secret_name, is_secret_parameter, is_secret_header)
    assert [check(name) for check in checks] == [False, False, True]


@pytest.mark.parametrize("name", ["key", "KEY", "key[]"])
def test_a_key_is_secret_as_a_parameter_only(name: str) -> None:
    """In JSON, it may be a key that was pressed."""
    checks = (is_secret_name, is_secret_parameter, is_secret_header)
    assert [check(name) for check in checks] == [False, True, False]
