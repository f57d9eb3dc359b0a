"""A local mock server for five telephone-call APIs."""

__version__ = "0.1.0"
