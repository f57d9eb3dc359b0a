"""Deterministic simulation: seeded clients, receivers and operators against all five providers."""
