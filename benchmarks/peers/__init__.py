"""The peers, given the same click-to-call work as we."""
