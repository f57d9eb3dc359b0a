"""Tries a receiver of webhooks with all that can happen to a webhook, and judges what it does."""
