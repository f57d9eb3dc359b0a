"""Measure the server and the engine, together with a floor and a limit on the same machine."""
