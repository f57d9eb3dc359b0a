"""What a webhook is before anybody has configured anything."""

from mockserver.core.webhook import ORIGIN, Webhook


def test_webhook_posts_to_a_configured_address_by_default() -> None:
    webhook = Webhook("c1", "completed")
    assert (webhook.method, webhook.url, webhook.body, webhook.headers) == ("POST", "", None, {})


def test_origin_as_the_journal_prints_it() -> None:
    assert ORIGIN == "{origin}"
