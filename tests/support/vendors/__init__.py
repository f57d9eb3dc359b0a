"""Requests to each vendor, straight into the simulation."""
