"""Calls a vendor, and a host that nobody emulates, by httpx."""

import httpx

CLICK = {"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}

response = httpx.post(
    "https://portal.mobtexting.com/api/v2/voice/c2c",
    json=CLICK,
    headers={"Authorization": "Bearer my-token", "Accept": "application/json"},
    timeout=20,
)
print(response.status_code, response.headers["X-Mock-Request"])
try:
    httpx.get("https://other.example/", timeout=20)
except httpx.TransportError:
    print("refused")
