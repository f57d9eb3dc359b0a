"""Webhooks on the wire: dispatcher, connection pool, address policy."""
