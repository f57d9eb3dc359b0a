"""Recordings as audio, rendered by pure functions from the events of a call."""
