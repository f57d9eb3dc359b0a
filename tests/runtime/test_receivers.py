"""A webhook for an origin with a receiver goes to its address, and is the same otherwise."""

import asyncio
from typing import Any

import pytest

from mockserver.core.address_policy import DEFAULT_POLICY
from mockserver.core.webhook import Delivery
from mockserver.core.webhook_url import ParsedUrl
from mockserver.delivery.http_request import HttpRequest, build_request
from mockserver.runtime.receivers import (
    MAX_RECEIVERS,
    NoReceiver,
    Receivers,
    TooManyReceivers,
    build_receiver,
    parse_origin,
)
from tests.support.builders import build_webhook
from tests.support.dispatchers import RecordingDispatcher
from tests.support.receivers import build_delivery_to

ADDRESS = "localhost:4123"


def receivers_of(*origins: str) -> tuple[Receivers, RecordingDispatcher]:
    dispatcher = RecordingDispatcher()
    receivers = Receivers(dispatcher)
    add(receivers, *origins)
    return receivers, dispatcher


def add(receivers: Receivers, *origins: str) -> None:
    added = (build_receiver(parse_origin(each), ADDRESS, DEFAULT_POLICY) for each in origins)
    receivers.change(tuple(added), ())


def deliver(url: str, *origins: str, **webhook: Any) -> Delivery:
    """Return what the dispatcher gets."""
    receivers, dispatcher = receivers_of(*origins)
    delivery = build_delivery_to(url, **webhook)
    result: Any = receivers.deliver(delivery)
    assert asyncio.run(result).status == 200
    return dispatcher.deliveries[0]


@pytest.mark.parametrize(
    ("origin", "url", "sent"),
    [
        ("http://app.test", "http://app.test/a?b=c", "http://localhost:4123/a?b=c"),
        ("http://app.test", "http://app.test:80/", "http://localhost:4123/"),
        ("http://app.test:80/", "http://APP.test", "http://localhost:4123/"),
        ("https://app.test:443", "https://app.test/x", "http://localhost:4123/x"),
        ("http://app.test", "http://app.test/re%20port/J%C3%B6rg", None),
        ("http://[::1]:99", "http://[::1]:99/x", "http://localhost:4123/x"),
    ],
)
def test_a_webhook_for_the_origin_goes_to_the_address(
    origin: str, url: str, sent: str | None
) -> None:
    expected = sent or url.replace("app.test", ADDRESS)
    assert deliver(url, origin).webhook.url == expected


@pytest.mark.parametrize(
    "url",
    [
        *("http://other.test/x", "https://app.test/x", "http://app.test:81/"),
        *("http://[::1", "http://[zz]/", "http://app.test@other.test/", "{origin}/x"),
    ],
)
def test_a_webhook_for_any_other_origin_stays_as_it_is(url: str) -> None:
    assert deliver(url, "http://app.test") == build_delivery_to(url)
    assert deliver(url) == build_delivery_to(url)


def request_of(webhook: Any) -> HttpRequest:
    url = ParsedUrl(
        host="app.test", port=81, is_secure=False, path="/a", authorization="Basic dTpw"
    )
    return build_request(url, webhook)


@pytest.mark.parametrize(
    "headers", [{}, {"X-Sign": "s"}, {"Authorization": "Bearer t"}, {"Host": "else.test"}]
)
def test_the_receiver_gets_the_request_that_the_origin_would_get(headers: dict[str, str]) -> None:
    url = "http://u:p@app.test:81/a"
    sent = deliver(url, "http://app.test:81", headers=headers, body={"x": 1}).webhook
    at_address = ParsedUrl(host="localhost", port=4123, is_secure=False, path="/a")
    assert build_request(at_address, sent) == request_of(
        build_webhook(url=url, headers=headers, body={"x": 1})
    )


@pytest.mark.parametrize(
    ("origin", "reason"),
    [
        ("http://app.test/report", "it has more than scheme, host and port"),
        ("http://app.test?a=b", "it has more than scheme, host and port"),
        ("http://app.test#a", "it has more than scheme, host and port"),
        ("http://u:p@app.test", "it has more than scheme, host and port"),
        ("app.test", "the scheme of the URL is neither http nor https"),
        ("http://", "the URL has no proper host"),
    ],
)
def test_what_is_no_origin_is_refused(origin: str, reason: str) -> None:
    with pytest.raises(NoReceiver) as error:
        parse_origin(origin)
    assert str(error.value) == f"{origin!r} is not an origin such as http://app.test: {reason}"


@pytest.mark.parametrize(
    "address",
    [
        *("localhost", "localhost:", ":80", "localhost:x", "localhost:0", "localhost:99999"),
        *("http://localhost:80", "u@localhost:80", "localhost:80/x", "local host:80", ""),
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(NoReceiver) as error:
        build_receiver(parse_origin("http://app.test"), address, DEFAULT_POLICY)
    assert str(error.value) == f"{address!r} is no address, such as localhost:4123"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("169.254.169.254:80", "169.254.169.254 (metadata) is never a target"),
        ("93.184.215.14:80", "93.184.215.14 (public) is not among the --webhook-targets"),
    ],
)
def test_an_address_that_the_policy_forbids_is_refused(address: str, reason: str) -> None:
    with pytest.raises(NoReceiver) as error:
        build_receiver(parse_origin("http://app.test"), address, DEFAULT_POLICY)
    assert str(error.value) == f"webhooks may not go to {address}: {reason}"


def test_receivers_are_added_replaced_and_removed() -> None:
    receivers, _ = receivers_of("http://a.test", "http://b.test")
    added = (build_receiver(parse_origin("http://a.test:80"), "127.0.0.1:1", DEFAULT_POLICY),)
    receivers.change(added, (parse_origin("http://b.test/"), parse_origin("http://c.test")))
    assert receivers.by_origin == {"http://a.test": "127.0.0.1:1"}


def test_a_sandbox_has_a_limited_number_of_receivers() -> None:
    origins = [f"http://app{number}.test" for number in range(MAX_RECEIVERS)]
    receivers, _ = receivers_of(*origins)
    with pytest.raises(TooManyReceivers):
        add(receivers, "http://one.more")
    assert list(receivers.by_origin) == origins
    add(receivers, origins[0])


def test_the_receivers_of_another_sandbox_can_be_taken_over() -> None:
    old, (new, _) = receivers_of("http://app.test")[0], receivers_of()
    new.take_over(old)
    add(old, "http://b.test")
    assert new.by_origin == {"http://app.test": ADDRESS}
