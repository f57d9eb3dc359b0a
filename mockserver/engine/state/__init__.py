"""The owners of a sandbox's state: each keeps its own values, and changes them by its verbs."""
