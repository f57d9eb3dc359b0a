"""The mutable state of one sandbox."""

from collections.abc import Iterator

from mockserver.core.configuration import Configuration
from mockserver.core.read_model import ReadModel
from mockserver.engine.state.accounts import Accounts
from mockserver.engine.state.activations import Activations
from mockserver.engine.state.agenda import AccountPatch, Agenda, DueItem, ScheduledEvent
from mockserver.engine.state.calls import Calls
from mockserver.engine.state.counters import Counters
from mockserver.engine.state.deliveries import Deliveries
from mockserver.engine.state.inputs import Inputs
from mockserver.engine.state.journal import Journal
from mockserver.engine.state.totals import Totals


class SandboxState:
    """All data of a sandbox. Callers compute a change completely before they store it here."""

    def __init__(self, configuration: Configuration, start: int, name: str = "default") -> None:
        self.configuration = configuration
        self.name = name
        self.epoch = 0
        self.totals = Totals()
        self.journal = Journal(totals=self.totals)
        self._initialize(start)

    def _initialize(self, start: int) -> None:
        self.started_at = start
        initial, seed = self.configuration.accounts.values(), self.configuration.seed
        self.accounts = Accounts(
            self.configuration.populate(seed, account) if account.generate else account
            for account in initial
        )
        self.calls = Calls(self.totals)
        self.activations = Activations()
        self.counters = Counters()
        self.deliveries = Deliveries(self.totals)
        self.agenda = Agenda()
        self.inputs = Inputs(self.configuration)
        self._build_read_model()
        for key, account in self.accounts.by_key.items():
            for delay, patch in account.timeline:
                self.agenda.schedule(
                    start + delay, "account", account.name, AccountPatch(key, patch)
                )

    def _build_read_model(self) -> None:
        """Build the read model for providers: live, read-only views of this state."""
        self.read_model = ReadModel(
            seed=self.configuration.seed,
            path_prefix="" if self.name == "default" else f"/_sandbox/{self.name}",
            accounts=self.accounts.by_key,
            calls=self.calls.by_id,
            call_ids_by_vendor_id=self.calls.ids_by_vendor_id,
            live_call_ids=self.calls.live_ids,
            deliveries=self.deliveries.by_id,
            delivery_ids_by_call=self.deliveries.ids_by_call,
            counts=self.counters.counts,
            sequences=self.counters.sequences,
            uploads=self.accounts.uploads,
        )

    def count_in(self, totals: Totals) -> None:
        """Count from now on in totals that other sandboxes share."""
        self.totals = totals
        self.journal.totals = self.calls.totals = self.deliveries.totals = totals

    def set_configuration(self, configuration: Configuration) -> None:
        self.configuration = configuration

    def reset(self, start: int) -> None:
        """Return to the seeded start, at `start` in ms, in a new epoch.

        Results of deliveries sent before belong to the old epoch and are ignored.
        """
        self.epoch += 1
        self.journal.clear()
        self._initialize(start)

    def drop_stale_items(self) -> None:
        """Take the due items that no longer hold from the agenda, up to the first that does."""
        while (due := self.agenda.peek()) and not self._is_current(due):
            self.agenda.take()

    def peek(self) -> DueItem | None:
        """Return the earliest due item, without taking it; None if there is none.

        It holds, as `drop_stale_items` is the last step of each change.
        """
        return self.agenda.peek()

    def pending_items(self) -> Iterator[DueItem]:
        return filter(self._is_current, self.agenda)

    def _is_current(self, due: DueItem) -> bool:
        """Whether the item still holds: it is the call's next step, can occur, or holds back."""
        if due.kind == "script":
            progress = self.calls.progress.get(due.subject)
            return progress is not None and progress.serial == due.serial
        if due.kind == "hold-end":
            return self.deliveries.is_held_for_call(due.subject)
        return due.kind != "event" or self._can_occur(due)

    def _can_occur(self, due: DueItem) -> bool:
        """Return False if the call was evicted, or has ended in a status without this event."""
        call, payload = self.calls.by_id.get(due.subject), due.payload
        if call is None:
            return False
        if call.phase != "ended" or not isinstance(payload, ScheduledEvent):
            return True
        provider = self.configuration.providers[call.spec.provider].provider
        vendor_event = provider.vendor_events.get(payload.event.type)
        return vendor_event is not None and provider.status(call) in vendor_event.allowed_in
