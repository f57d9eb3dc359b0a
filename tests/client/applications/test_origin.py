"""An origin is scheme, host and port."""

import pytest

from mock_calls.applications.origin import parse_origin


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("http://app.test", "http://app.test"),
        ("http://app.test:80/", "http://app.test"),
        ("https://APP.test:443", "https://app.test"),
        ("https://app.test:80", "https://app.test:80"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_origins_that_are_the_same_are_equal(text: str, origin: str) -> None:
    assert str(parse_origin(text)) == origin
    assert parse_origin(text) == parse_origin(origin)


@pytest.mark.parametrize(
    "text", ["app.test", "ftp://app.test", "http://", "http://u:p@app.test", "http://app.test:x"]
)
def test_what_is_no_origin_is_an_error(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"is not an origin such as http://app\.test|Port could not"
    ):
        parse_origin(text)


@pytest.mark.parametrize("rest", ["/report", "/?a=b", "#top"])
def test_an_origin_has_nothing_after_its_port(rest: str) -> None:
    with pytest.raises(ValueError, match="has more than an origin has: scheme, host and port"):
        parse_origin(f"http://app.test{rest}")
