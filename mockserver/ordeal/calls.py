"""Places the calls of a case: by sample requests, or by the application under test."""

import time
from typing import Final

from mock_calls.http_exchange import HttpRequest
from mock_calls.transport import problem_detail
from mockserver.ordeal.cases import Case
from mockserver.ordeal.control import OrdealError, ask, send
from mockserver.ordeal.outside import run_or_ask
from mockserver.ordeal.plan import Plan, build_scenario, draw_number, scenario_of

PATIENCE: Final = 10.0  # real seconds until the application has placed a call
PAUSE: Final = 0.05  # real seconds
NUMBERS: Final = 10_000_000


def place_calls(origin: str, plan: Plan, case: Case) -> None:
    """Place all calls of the case, each with a number of its own.

    Raises:
        OrdealError: a call cannot be placed.
    """
    if plan.app:
        _let_application_call(origin, plan, case)
        return
    for index in range(case.calls):
        _place_sample(origin, plan, case, index)


def _place_sample(origin: str, plan: Plan, case: Case, index: int) -> None:
    vendor = plan.vendor
    number = (draw_number(plan, case, "number", NUMBERS) + index) % NUMBERS
    body = {
        "to": f"{vendor.numbers}{number:07d}",
        "fields": {vendor.url_field: plan.to} if vendor.url_field else {},
    }
    sample = ask(origin, "POST", f"/samples/{plan.provider}/{vendor.operation}", body)
    scenario = {"x-mock-scenario": scenario_of(case)} if build_scenario(plan, case) else {}
    headers = {**sample["headers"], **scenario}
    content = (sample["body"] or "").encode()
    answer = send(origin, HttpRequest(sample["method"], sample["path"], headers, content))
    if "x-mock-call" not in answer.headers:
        reason = answer.headers.get("x-mock-explain") or problem_detail(answer)
        raise OrdealError(f"{plan.provider} refuses the request that places a call: {reason}")


def _let_application_call(origin: str, plan: Plan, case: Case) -> None:
    body = {
        "scenario": scenario_of(case),
        "match": {"provider": plan.provider},
        "times": case.calls,
    }
    if build_scenario(plan, case):
        ask(origin, "POST", "/activations", body)
    for count in range(1, case.calls + 1):
        run_or_ask(plan.app, "POST", plan.environment, "the application")
        _wait_for_calls(origin, plan, count)
    if ask(origin, "GET", "/activations")["activations"]:
        raise OrdealError(
            f"the call of the application does not play the scenario of the case {case.name}: does"
            " it name another one in the header X-Mock-Scenario?"
        )


def _wait_for_calls(origin: str, plan: Plan, count: int) -> None:
    since = time.monotonic()
    while len(ask(origin, "GET", f"/calls?provider={plan.provider}")["calls"]) < count:
        if time.monotonic() - since > PATIENCE:
            raise OrdealError(
                f"the application has placed no call of {plan.provider} within {PATIENCE:g} s after"
                f" {plan.app!r}: its base URL of the vendor is {origin}/{plan.provider}"
            )
        time.sleep(PAUSE)
