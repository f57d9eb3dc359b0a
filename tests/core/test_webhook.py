"""What a webhook is before anybody has configured anything."""

import json
from types import MappingProxyType

import pytest

from mockserver.core.webhook import (
    GARBAGE_BODY,
    ORIGIN_PLACEHOLDER,
    Delivery,
    DeliveryResult,
    render_body,
)
from tests.support.builders import build_webhook


def test_webhook_posts_to_a_configured_address_by_default() -> None:
    webhook = build_webhook()
    assert (webhook.method, webhook.url, webhook.body, webhook.headers) == ("POST", "", None, {})


def test_answer_and_delivery_say_nothing_unless_told() -> None:
    assert DeliveryResult(status=200) == DeliveryResult(
        status=200, error=None, body=b"", duration_ms=0
    )
    due = ("w1", "toy", "shop", build_webhook(), 0, "pending", 7)
    assert Delivery(*due) == Delivery(*due, (), 0)


def test_origin_as_the_journal_prints_it() -> None:
    assert ORIGIN_PLACEHOLDER == "{origin}"


BODY = {"to": "flow:220", "name": "Zoë", "none": None, "inner": MappingProxyType({"a": 1})}
WHOLE = '{"to":"flow:220","name":"Zoë","none":null,"inner":{"a":1}}'.encode()


@pytest.mark.parametrize(
    ("body", "corrupt", "sent"),
    [
        (BODY, "", WHOLE),
        (BODY, "truncate", WHOLE[: len(WHOLE) // 2]),
        (BODY, "garbage", GARBAGE_BODY),
        ({}, "", b"{}"),
        ({}, "truncate", b"{"),
        (None, "", b""),
        (None, "truncate", b""),
        (None, "garbage", b""),
    ],
)
def test_content_as_a_story_says(body: dict[str, object] | None, corrupt: str, sent: bytes) -> None:
    assert render_body(build_webhook(body=body, corrupt=corrupt)) == sent


@pytest.mark.parametrize("half", [WHOLE[: len(WHOLE) // 2], GARBAGE_BODY])
def test_content_corrupt_is_no_json(half: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        json.loads(half)


def test_garbage_is_not_even_text() -> None:
    with pytest.raises(UnicodeDecodeError):
        GARBAGE_BODY.decode()
