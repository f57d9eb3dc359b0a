"""A client of Innocalls in Python: bridges a call, moves the clock, reads the call's status."""

import os

import httpx

MOCK, INNOCALLS = os.environ["MOCKSERVER_URL"], os.environ["INNOCALLS_URL"]
HEADERS = {"Authorization": "Bearer any-token-will-do"}

inbox = httpx.put(f"{MOCK}/_mock/inboxes/mine", json={"responses": [500, 200]})
inbox.raise_for_status()

dispatched = httpx.post(
    f"{INNOCALLS}/api/v1/call",
    headers={**HEADERS, "X-Mock-Scenario": "presses-one"},
    files={
        "phone": (None, "201001234567"),
        "number_1": (None, "1234"),
        "number_2": (None, "5678"),
        "webhook": (None, f"{MOCK}/_mock/receive/mine"),
    },
)
print("placed:", dispatched.status_code)

httpx.post(f"{MOCK}/_mock/clock/advance", json={"until": "idle"}).raise_for_status()

for received in httpx.get(f"{MOCK}/_mock/inboxes/mine").json()["received"]:
    print("webhook:", received["method"], received["query"], received["status"])
