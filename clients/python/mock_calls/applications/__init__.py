"""Serves ASGI and WSGI applications that a test attaches, to the webhooks of its sandbox."""
