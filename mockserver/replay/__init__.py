"""Replay an exported journal: the same requests at the same times get the same responses."""
