"""A rule machine that plays an application against the mock server, each run in a fork."""

import sys
from functools import partial
from typing import ClassVar, cast

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from mock_calls import Call, MockServer, Webhook
from mockserver.testing.scenarios import scenarios

ENDED_STATES = frozenset({"delivered", "failed"})
"""States of a webhook that can be sent again."""

ANSWERS = ("answer", "hangup")
"""What a person can do with a phone that rings."""


class CallMachine(RuleBasedStateMachine):
    """Plays calls of an application: its requests, time, people and webhooks, in any order.

    A subclass names the `provider`, starts the application in `start`, lets it place a call in
    `place_call`, and says in `check_end` and in invariants what holds. Each run has a fork of the
    base sandbox: it begins as that is, with the same ids and at the same time.
    """

    provider: ClassVar[str]
    operation: ClassVar[str] = ""
    """The operation for which scenarios are drawn; empty for all of the provider."""

    def __init__(self, base: MockServer) -> None:
        super().__init__()
        self._outer_error = sys.exception()
        self._scenario_count = 0
        self.mock_calls = base.fork()
        try:
            self.start()
        except BaseException:
            self.mock_calls.drop()
            raise

    def start(self) -> None:
        """Start the application; its base URL of the vendor is `self.mock_calls.url(...)`."""

    def stop(self) -> None:
        """End the application; one that was attached to `self.mock_calls` ends by itself."""

    def place_call(self) -> None:
        """Let the application do what places a call; every machine has its own."""

    def check_end(self) -> None:
        """Assert what holds when every call has ended, and every webhook has had its attempts."""

    @rule()
    def call(self) -> None:
        """Place a call that goes as usual."""
        self.place_call()

    @rule(data=st.data())
    def call_with_scenario(self, data: st.DataObject) -> None:
        """Place a call for which a scenario is drawn."""
        strategy = scenarios(self.provider, self.operation, person=True)
        self._scenario_count += 1
        name = f"drawn-{self._scenario_count}"
        self.mock_calls.scenario(name, data.draw(strategy, label=name))
        self.mock_calls.use(name, times=1)
        self.place_call()

    @rule()
    def pass_time(self) -> None:
        """Let the next event, or the next attempt of a webhook, take place."""
        self.mock_calls.advance_until("next")

    @rule()
    def pass_all_time(self) -> None:
        """Let everything take place that needs no person: calls end, and webhooks are sent."""
        self.mock_calls.advance_until("empty")

    @precondition(lambda self: bool(self.ringing_calls()))
    @rule(data=st.data())
    def play_person(self, data: st.DataObject) -> None:
        """Let the person whom a leg waits for answer or decline."""
        call = data.draw(st.sampled_from(self.ringing_calls()), label="call")
        leg = next(each["leg"] for each in call.raw["waiting"] if each["for"] == "person")
        event = data.draw(st.sampled_from(ANSWERS), label="event")
        self.mock_calls.event(call.id, event, leg=leg)

    @precondition(lambda self: bool(self.sent_webhooks()))
    @rule(data=st.data())
    def redeliver(self, data: st.DataObject) -> None:
        """Send a webhook once more."""
        ids = [webhook.id for webhook in self.sent_webhooks()]
        self.mock_calls.redeliver(data.draw(st.sampled_from(ids), label="webhook"))

    def ringing_calls(self) -> list[Call]:
        """Return the calls in which a leg waits for a person."""
        return [each for each in self.mock_calls.calls() if "person" in each.waiting]

    def sent_webhooks(self) -> list[Webhook]:
        """Return the webhooks that can be sent once more."""
        return [each for each in self.mock_calls.webhooks() if each.state in ENDED_STATES]

    def teardown(self) -> None:
        """End all calls, and check the end, unless the run has failed before."""
        try:
            if sys.exception() is self._outer_error:
                self.mock_calls.advance_until("empty")
                self.check_end()
        finally:
            self.stop()
            self.mock_calls.drop()


def run_machine(
    machine: type[CallMachine], base: MockServer, settings: hypothesis.settings | None = None
) -> None:
    """Play the machine many times, each time in a fork of the base sandbox.

    Without `settings` there are 30 runs of at most 15 steps, and a step has no deadline.

    Raises:
        AssertionError: a run breaks what the machine asserts; the output has its smallest steps.
        TypeError: the machine does not say of which provider it is, or how it places a call.
    """
    if not hasattr(machine, "provider"):
        raise TypeError(f'{machine.__name__} names no provider, such as provider = "mobtexting"')
    if machine.place_call is CallMachine.place_call:
        raise TypeError(f"{machine.__name__} does not say how to place a call: define place_call()")
    usual = hypothesis.settings(max_examples=30, stateful_step_count=15, deadline=None)
    # Hypothesis only calls it: whatever returns a machine will do
    factory = cast("type[RuleBasedStateMachine]", partial(machine, base))
    run_state_machine_as_test(factory, settings=settings or usual)
