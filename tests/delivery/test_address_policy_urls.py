"""How the URL of a webhook is parsed, and which URLs are unusable."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.delivery.address_policy import (
    AddressPolicy,
    ParsedUrl,
    TargetRejection,
    parse_url,
)
from mockserver.delivery.target_resolver import TargetResolver


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("http://a", "a", "/"),
        ("http://a/", "a", "/"),
        ("http://a:80/", "a", "/"),
        ("http://a:443/", "a:443", "/"),
        ("https://a:443/", "a", "/"),
        ("https://a:80/", "a:80", "/"),
        ("HTTP://A.Test/Path", "a.test", "/Path"),
        ("http://a:/x", "a", "/x"),
        ("http://a:65535/x", "a:65535", "/x"),
        ("http://a?x=1", "a", "/?x=1"),
        ("http://a/x?y=1&z=%20#frag", "a", "/x?y=1&z=%20"),
        ("http://a/x;v=1?y={o}", "a", "/x;v=1?y=%7Bo%7D"),
        ("http://a/a b/ü", "a", "/a%20b/%C3%BC"),
        ("http://a//x/../y", "a", "//x/../y"),
        ("http://[::1]:8080/x", "[::1]:8080", "/x"),
        ("http://[::1]/x", "[::1]", "/x"),
        ("http://my_container-1:3000/x", "my_container-1:3000", "/x"),
        ("http://bücher.test/", "xn--bcher-kva.test", "/"),
        ("http://a/@x:y", "a", "/@x:y"),
    ],
)
def test_a_url_is_parsed_into_authority_and_path(url: str, authority: str, path: str) -> None:
    parsed = parse_url(url)
    assert isinstance(parsed, ParsedUrl)
    assert (parsed.authority, parsed.path) == (authority, path)


UNREADABLE = "the URL cannot be read"
SCHEME = "the scheme of the URL is neither http nor https"
USER = "the URL has user-info"
PORT = "the port of the URL is not in 1 to 65535"
HOST = "the URL has no proper host"
CONTROL = "the URL has a control character"


UNUSABLE = (
    ("", SCHEME),
    ("a", SCHEME),
    ("/path", SCHEME),
    ("//a/path", SCHEME),
    ("ftp://a/", SCHEME),
    ("file:///etc/passwd", SCHEME),
    ("javascript:alert(1)", SCHEME),
    ("gopher://127.0.0.1:70/x", SCHEME),
    ("unix:/var/run/docker.sock", SCHEME),
    ("httpx://a/", SCHEME),
    ("http:", HOST),
    ("http://", HOST),
    ("http:///path", HOST),
    ("http:a/path", HOST),
    ("http://?x", HOST),
    ("http://:80/", HOST),
    ("http://a b/", HOST),
    ("http://a%20b/", HOST),
    ("http://%31%32%37.0.0.1/", HOST),
    ("http://a\\b/", HOST),
    ("http://a\\.evil.test/", HOST),
    ("http://a,b/", HOST),
    ("http://*/", HOST),
    ("http://{host}/", HOST),
    ("http://<a>/", HOST),
    ("http://a'b/", HOST),
    ("http://[fe80::1%25eth0]/", HOST),
    ("http://a..b/", UNREADABLE),
    ("http://.a/", UNREADABLE),
    (f"http://{'a' * 64}/", UNREADABLE),
    ("http://[::1/", UNREADABLE),
    ("http://::1/", UNREADABLE),
    ("http://[::g]/", UNREADABLE),
    ("http://[127.0.0.1]/", UNREADABLE),
    ("http://a\u2100b/", UNREADABLE),
    ("http://a/\ud800", UNREADABLE),
    ("http://\ud800/", UNREADABLE),
    ("http://a:0/", PORT),
    ("http://a:00/", PORT),
    ("http://a:65536/", UNREADABLE),
    ("http://a:99999/", UNREADABLE),
    ("http://a:-1/", UNREADABLE),
    ("http://a:+80/", UNREADABLE),
    ("http://a:8O/", UNREADABLE),
    ("http://a:80:80/", UNREADABLE),
    ("http://a:８０/", UNREADABLE),  # noqa: RUF001 -- full-width digits are the case
    ("http://user@a/", USER),
    ("http://user:secret@a/", USER),
    ("http://@a/", USER),
    ("http://:@a/", USER),
    ("http://127.0.0.1\\@evil.test/", USER),
    ("http://a@127.0.0.1@evil.test/", USER),
    ("http://a/\r\nx: y", CONTROL),
    ("http://a/\nx", CONTROL),
    ("http://a\r/", CONTROL),
    ("ht\ttp://a/", CONTROL),
    ("http://a/\x00", CONTROL),
    ("http://a\x00b/", CONTROL),
    ("http://a/\x7f", CONTROL),
    ("\x01http://a/", CONTROL),
    ("http://a/?x=\x1b[2J", CONTROL),
)


def test_at_least_sixty_unusable_urls_are_tested() -> None:
    assert len({url for url, _ in UNUSABLE}) >= 60


@pytest.mark.parametrize(("url", "reason"), UNUSABLE)
def test_an_unusable_url_is_rejected_with_its_reason(url: str, reason: str) -> None:
    policy = AddressPolicy(allow=("loopback", "private", "public"))
    assert asyncio.run(TargetResolver(policy).resolve(url)) == TargetRejection(
        error="protocol", reason=reason
    )


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_is_parsed_as_a_url_or_rejected(text: str) -> None:
    for url in (text, f"http://{text}", f"http://a:{text}", f"http://a/{text}"):
        parsed = parse_url(url)
        assert isinstance(parsed, TargetRejection) or f"{parsed.authority}{parsed.path}".isascii()
