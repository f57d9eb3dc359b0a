"""Helpers that send requests of each vendor to the engine without HTTP."""
