"""Compare with peers that do the same click-to-call work."""
