"""A server under every operation of every vendor for a long time: it must not leak."""
