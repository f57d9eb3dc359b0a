"""Plays recorded inputs in the state of a new sandbox, by the verbs of the engine."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine import commands
from mockserver.engine.exchange import MatchedRequest
from mockserver.engine.failures import fail_attempt, fail_item, record_error
from mockserver.engine.own_refusals import OwnRefusal, record_refusal
from mockserver.engine.pipeline import match_request, respond
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.scenario_selection import admit, give_up
from mockserver.engine.simulation import run_due_item
from mockserver.engine.state.agenda import DueItem
from mockserver.engine.state.inputs import Input
from mockserver.engine.webhooks import complete_attempt
from mockserver.web.control.recorded_commands import RecordedCommand, carry_out
from mockserver.web.router import Router
from mockserver.web.vendor.recorded_request import rebuild_request

FindConfiguration = Callable[["InputPlayer", int, Any], Configuration]
"""(player, number of the input, its data) -> the configuration that the input brings"""


class RecordedError(Exception):
    """An internal error of the recorded run; it is shown as that was."""

    def __repr__(self) -> str:
        return str(self)


class InputDiverged(Exception):
    """An input does not do what it did when it was recorded; the message says how."""


class InputPlayer:
    """Plays inputs in `state`, a new one, in order.

    After that, `uploads` are the scenarios that were PUT, `now` is the time of the latest input or
    due item in ms, and `in_flight` are the deliveries without a result.
    """

    def __init__(
        self, state: SandboxState, router: Router, find_configuration: FindConfiguration
    ) -> None:
        self.state = state
        self.uploads: dict[str, bytes] = {}
        self.now = state.started_at
        self.in_flight: dict[str, Delivery] = {}
        self._router, self._find_configuration = router, find_configuration
        self._admitted: dict[int, MatchedRequest] = {}
        self._failed_item: DueItem | None = None
        self._number = 0

    def play(self, entry: Input) -> None:
        """Run the due items before an input, and play the input.

        Raises:
            InputDiverged: it does something else than recorded.
        """
        deque(self.play_in_steps(entry), maxlen=0)

    def play_in_steps(self, entry: Input) -> Iterator[None]:
        """Play as `play` while it is iterated over; there is a step for each due item.

        Raises:
            InputDiverged: as `play`.
        """
        self._number += 1
        yield from self.run_in_steps(entry.steps)
        self.now = max(self.now, entry.now)
        _PLAYERS[entry.kind](self, entry)
        if entry.check[1] and entry.check[1] != self.state.journal.entry_count:
            raise InputDiverged(
                f"input {self._number}, a {entry.kind}: the journal has "
                f"{self.state.journal.entry_count:,} entries after it, and had {entry.check[1]:,}"
            )

    def run_items(self, steps: int) -> None:
        """Run so many due items."""
        deque(self.run_in_steps(steps), maxlen=0)

    def run_in_steps(self, steps: int) -> Iterator[None]:
        """Run so many due items, one in each step."""
        for _ in range(steps):
            due = self.state.peek()
            if due is None:
                raise InputDiverged(
                    f"before input {self._number}, fewer than {steps} items are due"
                )
            self.now = max(self.now, due.at)
            self._run_item(due)
            yield

    def _run_item(self, due: DueItem) -> None:
        self._failed_item = None
        try:
            if delivery := run_due_item(self.state):
                self.in_flight[delivery.id] = delivery
        except Exception:  # noqa: BLE001 - it failed then, too: its error is the next input
            self._failed_item = due

    def play_arrival(self, entry: Input) -> None:
        self._admit(entry)
        self.state.inputs.seal()

    def _admit(self, entry: Input) -> None:
        incoming = rebuild_request(entry.data, self._router)
        if isinstance(incoming, Request):
            raise InputDiverged(f"input {self._number}: no operation has {incoming.path}")
        matched = match_request(self.state, incoming, entry.now)
        self._admitted[self._number] = admit(self.state, matched)

    def play_request(self, entry: Input) -> None:
        self._admit(entry)
        self._respond(self._number, entry)

    def play_response(self, entry: Input) -> None:
        self._respond(entry.data, entry)

    def _respond(self, number: int, entry: Input) -> None:
        try:
            status = respond(self.state, self._admitted.pop(number), entry.now).response.status
        except Exception:  # noqa: BLE001 - it failed then, too: its error is the next input
            status = 0
        if status != entry.check[0]:
            raise InputDiverged(
                f"input {self._number}: the response has status {status}, and had {entry.check[0]}"
            )

    def play_no_response(self, entry: Input) -> None:
        give_up(self.state, self._admitted.pop(entry.data), entry.now)

    def give_up_unfinished(self, now: int) -> None:
        """Give up the requests without a response: nobody waits for it any more."""
        for matched in self._admitted.values():
            give_up(self.state, matched, now)
        self._admitted.clear()

    def play_refusal(self, entry: Input) -> None:
        data = entry.data
        incoming = rebuild_request(data, self._router)
        request = incoming if isinstance(incoming, Request) else incoming.request
        request = request.replace(origin=data["origin"])
        names = tuple(data["refusal"]["scenario_names"])
        refusal = OwnRefusal(**{**data["refusal"], "scenario_names": names})
        record_refusal(self.state, request, entry.now, refusal)

    def play_result(self, entry: Input) -> None:
        result, delivery = DeliveryResult(**entry.data["result"]), self._sent_delivery(entry)
        with suppress(Exception):  # it failed then, too: its error is the next input
            complete_attempt(self.state, delivery, result, entry.now)
            del self.in_flight[delivery.id]

    def play_failed_attempt(self, entry: Input) -> None:
        delivery = self._sent_delivery(entry)
        fail_attempt(self.state, delivery, RecordedError(entry.data["error"]), entry.now)
        del self.in_flight[delivery.id]

    def _sent_delivery(self, entry: Input) -> Delivery:
        webhook = entry.data["webhook"]
        if webhook not in self.in_flight:
            raise InputDiverged(f"input {self._number}: webhook {webhook} is not sent")
        return self.in_flight[webhook]

    def play_failed_item(self, entry: Input) -> None:
        if self._failed_item is None:
            raise InputDiverged(f"before input {self._number}, the last due item does not fail")
        error = RecordedError(entry.data["error"])
        fail_item(self.state, self._failed_item, error, entry.now)

    def play_clock(self, entry: Input) -> None:
        commands.record_clock(self.state, entry.data, entry.now)

    def play_receipt(self, entry: Input) -> None:
        commands.record_receipt(self.state, entry.data, entry.now)

    def play_error(self, entry: Input) -> None:
        error = RecordedError(entry.data["error"])
        record_error(self.state, error, entry.now, entry.data["call"])

    def play_configuration(self, entry: Input) -> None:
        configuration = self._find_configuration(self, self._number, entry.data)
        keys = [tuple(key) for key in entry.data["accounts"]]
        accounts = [configuration.accounts[provider, name] for provider, name in keys]
        commands.set_configuration(self.state, configuration, entry.now, accounts)

    def play_command(self, entry: Input) -> None:
        data = entry.data
        _, first, *path = data["path"].split("/")
        command = RecordedCommand(self.state, path, data.get("body"), entry.now)
        if first == "scenarios":
            self._play_scenario(data["method"], command)
        else:
            carry_out(data["method"], first, command)

    def _play_scenario(self, method: str, command: RecordedCommand) -> None:
        """Put or delete an uploaded scenario."""
        state, (name,), text, now = command
        if method == "PUT":
            self.uploads[name] = text.encode()
            configuration = self._find_configuration(self, self._number, {})
            commands.put_scenario(state, name, text, configuration, now)
        else:
            del self.uploads[name]
            configuration = self._find_configuration(self, self._number, {})
            commands.delete_scenario(state, name, configuration, now)


_PLAYERS: Final[Mapping[str, Callable[[InputPlayer, Input], None]]] = MappingProxyType(
    {
        "arrival": InputPlayer.play_arrival,
        "request": InputPlayer.play_request,
        "response": InputPlayer.play_response,
        "no-response": InputPlayer.play_no_response,
        "refusal": InputPlayer.play_refusal,
        "result": InputPlayer.play_result,
        "failed-attempt": InputPlayer.play_failed_attempt,
        "failed-item": InputPlayer.play_failed_item,
        "clock": InputPlayer.play_clock,
        "receipt": InputPlayer.play_receipt,
        "error": InputPlayer.play_error,
        "configuration": InputPlayer.play_configuration,
        "command": InputPlayer.play_command,
    }
)
"""Kind of input -> what plays it."""

KINDS: Final = frozenset(_PLAYERS)
"""The kinds of inputs."""
