"""Requests of hostile or broken clients, by name."""
