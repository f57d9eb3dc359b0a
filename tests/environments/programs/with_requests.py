"""Calls a vendor, and a host that nobody emulates, by requests."""

import requests

CLICK = {"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}

response = requests.post(
    "https://portal.mobtexting.com/api/v2/voice/c2c",
    json=CLICK,
    headers={"Authorization": "Bearer my-token", "Accept": "application/json"},
    timeout=20,
)
print(response.status_code, response.headers["X-Mock-Request"])
try:
    requests.get("https://other.example/", timeout=20)
except requests.ConnectionError:
    print("refused")
