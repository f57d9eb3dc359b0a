"""Builders, fakes and readers that the tests share."""
