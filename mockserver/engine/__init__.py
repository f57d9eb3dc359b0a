"""The time wing's lower floor: synchronous, deterministic, told the time."""
