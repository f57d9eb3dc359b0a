"""Calls of all vendors whose reports go to ten receivers, three of which are bad."""
