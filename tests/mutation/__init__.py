"""Mutation testing of `core` and `engine`."""
