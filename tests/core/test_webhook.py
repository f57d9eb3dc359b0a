"""Webhooks and deliveries: defaults, and the rendered body."""

import json
from types import MappingProxyType

import pytest

from mockserver.core.webhook import (
    GARBAGE_BODY,
    ORIGIN_PLACEHOLDER,
    DeliveryResult,
    render_body,
)
from tests.support.builders import build_delivery, build_webhook


def test_a_webhook_is_a_post_to_the_configured_address_by_default() -> None:
    webhook = build_webhook()
    assert (webhook.method, webhook.url, webhook.body, webhook.headers) == ("POST", "", None, {})


def test_deliveries_and_their_results_have_empty_defaults() -> None:
    assert DeliveryResult(status=200) == DeliveryResult(
        status=200, error=None, body=b"", duration_ms=0
    )
    delivery = build_delivery()
    assert (delivery.attempts, delivery.depth) == ((), 0)


def test_the_origin_placeholder_is_the_one_that_the_journal_prints() -> None:
    assert ORIGIN_PLACEHOLDER == "{origin}"


BODY = {"to": "flow:220", "name": "Zoë", "none": None, "inner": MappingProxyType({"a": 1})}
RENDERED_BODY = '{"to":"flow:220","name":"Zoë","none":null,"inner":{"a":1}}'.encode()


@pytest.mark.parametrize(
    ("body", "corrupt", "expected"),
    [
        (BODY, "", RENDERED_BODY),
        (BODY, "truncate", RENDERED_BODY[: len(RENDERED_BODY) // 2]),
        (BODY, "garbage", GARBAGE_BODY),
        ({}, "", b"{}"),
        ({}, "truncate", b"{"),
        (None, "", b""),
        (None, "truncate", b""),
        (None, "garbage", b""),
    ],
)
def test_the_body_of_a_webhook_is_json_truncated_or_garbage(
    body: dict[str, object] | None, corrupt: str, expected: bytes
) -> None:
    assert render_body(build_webhook(body=body, corrupt=corrupt)) == expected


@pytest.mark.parametrize("body", [RENDERED_BODY[: len(RENDERED_BODY) // 2], GARBAGE_BODY])
def test_a_corrupted_body_is_no_json(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        json.loads(body)


def test_a_garbage_body_is_not_text() -> None:
    with pytest.raises(UnicodeDecodeError):
        GARBAGE_BODY.decode()
