"""Calls, requests, webhooks and journal entries as JSON and text, redacted."""
