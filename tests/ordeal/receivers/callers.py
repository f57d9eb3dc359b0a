"""Receivers that ask the vendor's API, too: applications, and one that calls back."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from tests.ordeal.receivers.receiver import Receiver
from tests.ordeal.receivers.reports import Report
from tests.ordeal.receivers.right import OnceByParts
from tests.support.simulation import CLICK_TO_CALL
from tests.support.vendors import effebot, innocalls

CALLED_BACK = "918867136999"
WEBHOOKS = 4  # of a call


def post(url: str, fields: object) -> Mapping[str, Any]:
    headers = {"content-type": "application/json", "authorization": "Bearer key"}
    request = Request(url, json.dumps(fields).encode(), headers)  # noqa: S310 - the mock server
    with build_opener(ProxyHandler({})).open(request, timeout=20) as response:
        answer: Mapping[str, Any] = json.load(response)
        return answer


class CallsBackAgain(Receiver):
    """It calls back after each report, copies too."""

    def receive(self, report: Report) -> int:
        if report.callee == CALLED_BACK:
            return 200
        post(f"{self.origin}/mobtexting/api/v2/voice/c2c", {**CLICK_TO_CALL, "to": CALLED_BACK})
        return super().receive(report)


class CallsBackOnce(Receiver):
    """It calls back after each call."""

    def receive(self, report: Report) -> int:
        with self.lock:
            is_new = report.callee != CALLED_BACK and report.call not in self.known
            if is_new:
                self.count_once(report.call)
        if is_new:
            post(f"{self.origin}/mobtexting/api/v2/voice/c2c", {**CLICK_TO_CALL, "to": CALLED_BACK})
        return 200


class Application(Receiver):
    """Places calls itself, and counts one when all of its webhooks are there."""

    vendor = "effebot"

    def __init__(self) -> None:
        super().__init__()
        self.placed, self.webhooks = set[str](), list[str]()

    def place_call(self) -> int:
        fields = {**effebot.CREATE_EXAMPLE, "webhookUrl": f"{self.url}/hook"}
        answer = post(f"{self.origin}/effebot/apiCalls/create", fields)
        self.placed.add(str(answer["id"]))
        return 200

    def receive(self, report: Report) -> int:
        with self.lock:
            self.webhooks.append(report.call)
            if self.webhooks.count(report.call) >= WEBHOOKS:
                self.count_once(report.call)
        return 200


class ForgetsEarlyWebhooks(Application):
    """It knows only calls whose placing it has been told of."""

    def receive(self, report: Report) -> int:
        return super().receive(report) if report.call in self.placed else 200


class Dispatches(OnceByParts):
    """Places calls of Innocalls itself, and counts one when both of its webhooks are there."""

    def __init__(self) -> None:
        super().__init__()
        self.placed = set[str]()

    def place_call(self) -> int:
        fields = {**innocalls.EXAMPLES["dispatch"], "webhook": f"{self.url}/hook"}
        answer = post(f"{self.origin}/innocalls/api/v1/call", fields)
        self.placed.add(answer["data"]["callId"])
        return 200


class ForgetsEarlyDispatches(Dispatches):
    """It knows only calls whose placing it has been told of."""

    def receive(self, report: Report) -> int:
        return super().receive(report) if report.call in self.placed else 200
