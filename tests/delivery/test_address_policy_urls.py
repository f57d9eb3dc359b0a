"""How the URL of a webhook is parsed, and which URLs are unusable."""

import asyncio
from base64 import b64decode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.address_policy import AddressPolicy, judge_url
from mockserver.core.webhook_url import ParsedUrl, TargetRejection, parse_url
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


@pytest.mark.parametrize(
    ("url", "authority", "credentials"),
    [
        ("http://a/", "a", ""),
        ("http://@a/", "a", ""),
        ("http://user@a/", "a", "user:"),
        ("http://user:secret@a:8080/x", "a:8080", "user:secret"),
        ("http://:@a/", "a", ":"),
        ("https://a:b:c@[::1]/", "[::1]", "a:b:c"),
        ("http://us%40er:p%C3%A4ss@a/", "a", "us@er:p\u00e4ss"),
        ("http://%0d%0a:x@a/", "a", "\r\n:x"),
    ],
)
def test_the_user_info_of_a_url_becomes_basic_credentials(
    url: str, authority: str, credentials: str
) -> None:
    parsed = parse_url(url)
    assert isinstance(parsed, ParsedUrl)
    scheme, _, encoded = parsed.authorization.partition(" ")
    assert (parsed.authority, b64decode(encoded).decode()) == (authority, credentials)
    assert scheme == ("Basic" if credentials else "")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://localhost:3000/x", ""),
        ("http://10.0.0.1/", ""),
        ("http://any.example.test/", ""),
        ("http://rewritten.test/", "10.0.0.1 (private) is not among the --webhook-targets"),
        ("http://8.8.8.8/", "8.8.8.8 (public) is not among the --webhook-targets"),
        ("http://169.254.169.254/", "169.254.169.254 (metadata) is never a target"),
        ("http://[zz]/", "the URL cannot be read"),
    ],
)
def test_a_url_is_judged_without_a_lookup(url: str, reason: str) -> None:
    allow = ("loopback",) if "rewritten" in url else ("loopback", "private")
    policy = AddressPolicy(allow=allow, rewrite={"rewritten.test": "10.0.0.1"})
    rejection = judge_url(url, policy)
    assert (rejection.reason if rejection else "") == reason


UNREADABLE = "the URL cannot be read"
SCHEME = "the scheme of the URL is neither http nor https"
USER = "the user-info of the URL has a character that must be percent-encoded"
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
    ("http://user name@a/", USER),
    ("http://user:50%@a/", USER),
    ("http://us\u00e9r@a/", USER),
    ("http://[user]@a/", UNREADABLE),
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
