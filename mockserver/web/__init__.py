"""The edge: the only floor that knows Starlette."""
