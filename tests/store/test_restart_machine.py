"""Two servers get the same requests in any order, and one of them ends at any time."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from mockserver.core.configuration import Configuration
from tests.support.placing_requests import PLACING_REQUESTS, PlacingRequest, path_of
from tests.support.stored_sites import StoredSite, describe, open_host, vary_results

SCENARIOS = ("", "callee-busy", "no-answer", "doubled-report", "third-time-lucky", "mine")
SANDBOXES = ("default", "a", "b")
TEXTS = ("{legs: {callee: busy}}", "{legs: {a: {answer: 2s..9s}}}", "{webhooks: {any: drop}}")


class Servers(RuleBasedStateMachine):
    """A server in memory, and one with a file that is ended and started again."""

    configuration: Configuration

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = self.stack.enter_context(TemporaryDirectory())
        self.host = self.stack.enter_context(open_host(self.configuration))
        self.host.receive = vary_results
        self.file = str(Path(folder) / "calls.db")
        self.in_memory = self.host.start()
        self.stored = self.host.start(store=self.file)

    def send(self, method: str, path: str, sandbox: str = "", **more: Any) -> None:
        prefix = f"/_sandbox/{sandbox}" if sandbox else ""
        both = [site.request(method, prefix + path, **more) for site in self.both()]
        assert both[0].status_code == both[1].status_code
        assert both[0].headers.get("x-mock-call") == both[1].headers.get("x-mock-call")

    def both(self) -> tuple[StoredSite, StoredSite]:
        return self.in_memory, self.stored

    @rule(
        placing=st.sampled_from(PLACING_REQUESTS),
        scenario=st.sampled_from(SCENARIOS),
        sandbox=st.sampled_from(SANDBOXES),
    )
    def place(self, placing: PlacingRequest, scenario: str, sandbox: str) -> None:
        headers = {**placing.headers, **({"x-mock-scenario": scenario} if scenario else {})}
        body = dict(placing.fields)
        self.send("POST", path_of(placing), sandbox, json=body, headers=headers)

    @rule(seconds=st.integers(1, 90), sandbox=st.sampled_from(SANDBOXES))
    def advance(self, seconds: int, sandbox: str) -> None:
        self.send("POST", "/_mock/clock/advance", sandbox, json={"by": seconds})

    @rule(sandbox=st.sampled_from(SANDBOXES))
    def advance_until_idle(self, sandbox: str) -> None:
        self.send("POST", "/_mock/clock/advance", sandbox, json={"until": "idle"})

    @rule(text=st.sampled_from(TEXTS), sandbox=st.sampled_from(SANDBOXES))
    def put_scenario(self, text: str, sandbox: str) -> None:
        self.send("PUT", "/_mock/scenarios/mine", sandbox, content=text.encode())

    @rule(sandbox=st.sampled_from(SANDBOXES))
    def delete_scenario(self, sandbox: str) -> None:
        self.send("DELETE", "/_mock/scenarios/mine", sandbox)

    @rule(
        scenario=st.sampled_from(SCENARIOS[1:-1]),
        times=st.integers(1, 3),
        sandbox=st.sampled_from(SANDBOXES),
    )
    def activate(self, scenario: str, times: int, sandbox: str) -> None:
        body = {"scenario": scenario, "times": times}
        self.send("POST", "/_mock/activations", sandbox, json=body)

    @rule(waits=st.lists(st.sampled_from(["1s", "30s"]), max_size=3))
    def patch_account(self, waits: list[str]) -> None:
        path = "/_mock/accounts/mobtexting/mobtexting-default"
        self.send("PATCH", path, json={"retry": {"waits": waits}})

    @rule(name=st.sampled_from(["x", "y"]), sandbox=st.sampled_from(SANDBOXES))
    def take_snapshot(self, name: str, sandbox: str) -> None:
        self.send("POST", f"/_mock/sandboxes/{sandbox}/snapshots", json={"as": name})

    @rule(
        name=st.sampled_from(SANDBOXES[1:]),
        source=st.sampled_from(SANDBOXES),
        snapshot=st.sampled_from(["x", "y", None]),
    )
    def fork(self, name: str, source: str, snapshot: str | None) -> None:
        body = {"from": source} | ({"snapshot": snapshot} if snapshot else {})
        self.send("PUT", f"/_mock/sandboxes/{name}", json=body)

    @rule(name=st.sampled_from(SANDBOXES[1:]), seed=st.sampled_from(["s", "t"]))
    def create(self, name: str, seed: str) -> None:
        body = {"seed": seed, "credentials": {"mobtexting": [f"key-{name}"]}}
        self.send("PUT", f"/_mock/sandboxes/{name}", json=body)

    @rule(name=st.sampled_from(SANDBOXES[1:]))
    def delete(self, name: str) -> None:
        self.send("DELETE", f"/_mock/sandboxes/{name}")

    @rule(sandbox=st.sampled_from(SANDBOXES))
    def reset(self, sandbox: str) -> None:
        self.send("POST", "/_mock/reset", sandbox)

    @rule(end=st.sampled_from(["kill", "stop"]))
    def restart(self, end: str) -> None:
        getattr(self.stored, end)()
        self.stored = self.host.start(store=self.file)
        assert [line for line in self.stored.said if "does not" in line] == []

    def teardown(self) -> None:
        try:
            self.restart("kill")
            in_memory, stored = map(describe, self.both())
            for key, value in in_memory.items():
                assert stored[key] == value, key
            assert stored.keys() == in_memory.keys()
        finally:
            for site in self.both():
                site.kill()
            self.stack.close()


def test_a_server_that_ends_at_any_time_is_as_one_that_never_does(
    configuration: Configuration,
) -> None:
    Servers.configuration = configuration
    few = settings(max_examples=25, stateful_step_count=20, deadline=None)
    run_state_machine_as_test(Servers, settings=few)
