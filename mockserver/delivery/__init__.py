"""Deliver webhooks over HTTP: dispatcher, connection pools and address policy."""
