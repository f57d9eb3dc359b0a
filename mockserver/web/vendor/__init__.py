"""Vendor requests: routing, parsing, handling, response bytes."""
