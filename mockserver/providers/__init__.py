"""The row of providers: each a folder of its own, strangers to each other."""
