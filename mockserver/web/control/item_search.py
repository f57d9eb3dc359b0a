"""Finds the items of a sandbox that match, by reading only what is new or has changed."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from starlette.requests import Request

from mockserver.web.control.listing import ItemKind, ListedItem
from mockserver.web.control.matching import Mismatch, mismatches, nearest_indexes, serialize_nearest
from mockserver.web.control.params import dependencies_of, sandbox_of
from mockserver.web.slices import Job, run_in_slices


class ComparedItem(NamedTuple):
    """A value as it was compared, and in how many fields it differs from what is looked for."""

    version: object
    value: Any
    mismatch_count: int


class ItemSearch:
    """The items of a kind, oldest first, compared with `match`."""

    def __init__(self, request: Request, kind: ItemKind, match: Mapping[str, Any]) -> None:
        self._request = request
        self._sandbox = sandbox_of(request)
        self._background = dependencies_of(request).background
        self._kind = kind
        self._match = match
        self._epoch = self._sandbox.state.epoch
        self._compared: dict[str, ComparedItem] = {}

    async def update(self) -> None:
        """Compare what is new or has changed, in slices."""
        is_complete = False
        while not is_complete:
            epoch = self._sandbox.state.epoch
            async for item_id, compared in run_in_slices(self._build_jobs(), self._background):
                self._compared[item_id] = compared
            is_complete = epoch == self._sandbox.state.epoch
        self._forget_evicted()

    def update_at_once(self) -> None:
        """Compare what is new or has changed."""
        for job in self._build_jobs():
            item_id, compared = job.run()
            self._compared[item_id] = compared
        self._forget_evicted()

    def count_found(self) -> int:
        """Count the items that match, as of the last update."""
        return sum(not item.mismatch_count for item in self._compared.values())

    def found(self) -> list[ListedItem]:
        """Return the items that match, as of the last update."""
        return [
            {"id": item_id, "value": item.value}
            for item_id, item in self._compared.items()
            if not item.mismatch_count
        ]

    async def nearest(self) -> list[dict[str, Any]]:
        """Serialize the items with the fewest mismatches; of equals, the newest first."""
        compared = (*self._compared.values(),)
        indexes = nearest_indexes(item.mismatch_count for item in compared)
        jobs = (self._differences_job(compared[index].value) for index in indexes)
        return [
            serialize_nearest(item, differences)
            async for item, differences in run_in_slices(jobs, self._background)
        ]

    def _build_jobs(self) -> Iterator[Job[tuple[str, ComparedItem]]]:
        if self._sandbox.state.epoch != self._epoch:
            self._epoch = self._sandbox.state.epoch
            self._compared.clear()
        for item_id, value in self._kind.unread_values(self._sandbox, self._compared):
            version, known = self._kind.version(self._sandbox, value), self._compared.get(item_id)
            if known is None or known.version != version:
                job = self._kind.build_job(self._request, value)
                yield Job(job.weight, partial(self._compare, item_id, version, value, job))

    def _compare(
        self, item_id: str, version: object, value: Any, job: Job[dict[str, Any]]
    ) -> tuple[str, ComparedItem]:
        count = len(mismatches(job.run(), self._match))
        return item_id, ComparedItem(version, value, count)

    def _differences_job(self, value: Any) -> Job[tuple[dict[str, Any], list[Mismatch]]]:
        job = self._kind.build_job(self._request, value)

        def compare() -> tuple[dict[str, Any], list[Mismatch]]:
            item = job.run()
            return item, mismatches(item, self._match)

        return Job(job.weight, compare)

    def _forget_evicted(self) -> None:
        if len(self._compared) > self._kind.count(self._sandbox):
            ids = self._kind.ids(self._sandbox)
            self._compared = {key: item for key, item in self._compared.items() if key in ids}
