"""The owner of the calls: the calls themselves, how far each has come, and how to find them."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from mockserver.core.call import Call, CallSpec, Cursor
from mockserver.core.configuration import AccountKey
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.resolution import NO_DRAW, Draw
from mockserver.core.scenario import Scenario
from mockserver.core.script import DueStep, Script, WaitReason
from mockserver.core.selection import SelectedScenario
from mockserver.core.value import Value
from mockserver.engine.state.totals import Totals

FALLBACK_SCENARIO: Final = SelectedScenario(Scenario("answered"), "default")
"""Selected for the legs if no candidate has the `legs` aspect, not even the default one."""


class LegSource(Value):
    """What decided the behavior of a leg, when it was decided.

    `attempt` is the number of the dial attempt, from 1. `source` is `scenario`, `number-plan` or
    `default`, and `steps` for a leg that only steps move.
    """

    attempt: int
    leg: str
    number: str
    source: str


class CallProgress(Value):
    """What a sandbox keeps of a call beside the call itself.

    `leg_scenario` and `webhook_scenario` are selected once, when the call is placed, and `draw`
    is what decides their `choose`. `next_step` is the step on the agenda, and `serial` that of its
    due item, 0 if there is none. `webhook_depth` is the number of webhooks to this server that led
    to the call. `trace_context` are headers of the request that placed the call, for its webhooks.
    `leg_sources` has one for each leg of each dial attempt, `past_scripts` the script of each
    earlier attempt and how far that has come.
    """

    leg_scenario: SelectedScenario = FALLBACK_SCENARIO
    webhook_scenario: Scenario | None = None
    script: Script = ()
    next_step: DueStep | None = None
    serial: int = 0
    wait_reasons: tuple[WaitReason, ...] = ()
    webhook_depth: int = 0
    leg_sources: tuple[LegSource, ...] = ()
    draw: Draw = NO_DRAW
    past_scripts: tuple[tuple[Script, tuple[Cursor, ...]], ...] = ()
    trace_context: Mapping[str, str] = EMPTY_MAPPING


NEW_PROGRESS: Final = CallProgress()
"""The progress of a call of which nothing is known yet."""


class Calls:
    """The calls of a sandbox, oldest first; `count` counts the evicted ones, too.

    - `by_id`: id -> call; `progress`: id -> how far the call has come.
    - `ids_by_vendor_id`: (provider, vendor's id) -> id; `ids_by_recording`: token -> id.
    - `live_ids`: (provider, account) -> ids of its calls that have not ended, oldest first.
    - `waiting`: ids of the calls that wait for something, the longest wait first.
    - `resource_queue`: id -> the resource that the call waits for, the longest wait first.
    - `ended`: ids of the ended calls, the next to be evicted first.

    Calls also count in `totals`: when they are placed, and when they end.
    """

    def __init__(self, totals: Totals | None = None) -> None:
        self.totals = totals or Totals()
        self._by_id: dict[str, Call] = {}
        self._progress: dict[str, CallProgress] = {}
        self._ids_by_vendor_id: dict[tuple[str, str], str] = {}
        self._ids_by_recording: dict[str, str] = {}
        self._live_ids: dict[AccountKey, dict[str, None]] = {}
        self._waiting: dict[str, None] = {}
        self._resource_queue: dict[str, str] = {}
        # not a dict, where removing the first key is slow
        self._ended: OrderedDict[str, None] = OrderedDict()
        self.by_id: Mapping[str, Call] = MappingProxyType(self._by_id)
        self.progress: Mapping[str, CallProgress] = MappingProxyType(self._progress)
        self.ids_by_vendor_id: Mapping[tuple[str, str], str] = MappingProxyType(
            self._ids_by_vendor_id
        )
        self.ids_by_recording: Mapping[str, str] = MappingProxyType(self._ids_by_recording)
        self.live_ids: Mapping[AccountKey, Collection[str]] = MappingProxyType(self._live_ids)
        self.waiting: Collection[str] = self._waiting.keys()
        self.resource_queue: Mapping[str, str] = MappingProxyType(self._resource_queue)
        self.ended: Collection[str] = self._ended.keys()
        self.count = 0

    def add(self, call: Call, progress: CallProgress | None = None) -> None:
        """Add a new call with its progress; without one, that may be known already."""
        spec = call.spec
        self.count += 1
        self.totals.placed[spec.provider, spec.operation] += 1
        self._by_id[spec.id] = call
        if progress is None:
            self._progress.setdefault(spec.id, NEW_PROGRESS)
        else:
            self._progress[spec.id] = progress
        self._ids_by_vendor_id[spec.provider, spec.vendor_id] = spec.id
        self._ids_by_recording[_recording_token(spec)] = spec.id
        self._live_ids.setdefault((spec.provider, spec.account), {})[spec.id] = None

    def update(self, call: Call) -> None:
        """Replace the call with the same id; one that is placed again is live again."""
        spec = call.spec
        self._by_id[spec.id] = call
        if call.phase == "placed":
            self._live_ids.setdefault((spec.provider, spec.account), {})[spec.id] = None

    def set_progress(self, call_id: str, progress: CallProgress) -> None:
        """Replace the progress of a call; new wait reasons are those of a new wait."""
        waited_for = self._progress.get(call_id, NEW_PROGRESS).wait_reasons
        self._progress[call_id] = progress
        if progress.wait_reasons is not waited_for:
            self._waiting.pop(call_id, None)
            if progress.wait_reasons:
                self._waiting[call_id] = None

    def queue_for(self, call_id: str, resource: str) -> None:
        """Queue the call for a resource, unless it is queued; for none, let it leave the queue."""
        if resource:
            self._resource_queue.setdefault(call_id, resource)
        elif self._resource_queue:
            self._resource_queue.pop(call_id, None)

    def end(self, call_id: str) -> None:
        """Make an ended call the last one to be evicted; it is no longer live."""
        self._ended[call_id] = None
        self._ended.move_to_end(call_id)
        call = self._by_id[call_id]
        live = self._live_ids[call.spec.provider, call.spec.account]
        if call_id in live:
            del live[call_id]
            self.totals.ended[call.spec.provider, call.outcome] += 1

    def evict(self, call_id: str) -> None:
        """Drop a call with all that is kept of it."""
        spec = self._by_id.pop(call_id).spec
        self._ids_by_vendor_id.pop((spec.provider, spec.vendor_id), None)
        self._ids_by_recording.pop(_recording_token(spec), None)
        del self._progress[call_id]
        self._waiting.pop(call_id, None)
        self._resource_queue.pop(call_id, None)
        self._ended.pop(call_id, None)


def _recording_token(spec: CallSpec) -> str:
    """Return the token in the URL of the call's recording."""
    return spec.recording_url.rpartition("/")[2].removesuffix(".wav")
