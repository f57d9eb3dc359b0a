"""Asks a directory for the number of a customer, and calls it by Mobtexting."""

import httpx


def call_customer(directory: str, mobtexting: str, name: str) -> str:
    """Return what became of the request: "calling" or why not."""
    found = httpx.get(f"{directory}/customers/{name}")
    if found.status_code == 404:
        return "unknown customer"
    reply = httpx.post(
        f"{mobtexting}/api/v2/voice/c2c",
        json={"bridge": "918068281234", "from": "918867135000", "to": found.json()["number"]},
        headers={"accept": "application/json", "authorization": "Bearer my-token"},
    )
    return reply.json()["message"] if reply.is_error else "calling"
