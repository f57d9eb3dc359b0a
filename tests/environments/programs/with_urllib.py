"""Calls a vendor, and a host that nobody emulates, by urllib."""

import json
from urllib.error import URLError
from urllib.request import Request, urlopen

CLICK = {"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}

request = Request(
    "https://portal.mobtexting.com/api/v2/voice/c2c",
    json.dumps(CLICK).encode(),
    {
        "Authorization": "Bearer my-token",
        "Accept": "application/json",
        "Content-Type": "application/json",
    },
)
with urlopen(request, timeout=20) as response:
    print(response.status, response.headers["X-Mock-Request"])
try:
    urlopen("https://other.example/", timeout=20)
except URLError:
    print("refused")
