"""Immutable values and pure functions on them, without I/O; the base of every other package."""
