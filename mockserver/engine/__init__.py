"""The engine: synchronous and deterministic; every function takes the time as a parameter."""
