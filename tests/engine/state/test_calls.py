"""The calls: found by their ids, with the progress of each, queued, ended and evicted."""

from mockserver.core.script import WaitReason
from mockserver.engine.state.calls import FALLBACK_SCENARIO, NEW_PROGRESS, CallProgress, Calls
from tests.support.builders import build_call, build_call_spec

WAITS = (WaitReason(reason="person", leg="a"),)
URL = "http://mock.test/_media/default/{}.wav"


def build_calls(*call_ids: str) -> Calls:
    calls = Calls()
    for call_id in call_ids:
        spec = build_call_spec(
            id=call_id, vendor_id=f"v-{call_id}", recording_url=URL.format(call_id)
        )
        calls.add(build_call(spec=spec))
    return calls


def test_a_call_is_found_by_its_ids() -> None:
    calls = build_calls("c1", "c2")
    assert list(calls.by_id) == ["c1", "c2"]
    assert calls.ids_by_vendor_id == {("mobtexting", "v-c1"): "c1", ("mobtexting", "v-c2"): "c2"}
    assert calls.ids_by_recording == {"c1": "c1", "c2": "c2"}
    assert (calls.count, calls.progress) == (2, {"c1": NEW_PROGRESS, "c2": NEW_PROGRESS})


def test_an_update_replaces_the_call_in_its_place() -> None:
    calls = build_calls("c1", "c2")
    calls.update(calls.by_id["c1"].replace(phase="begun"))
    assert [(name, call.phase) for name, call in calls.by_id.items()] == [
        ("c1", "begun"),
        ("c2", "placed"),
    ]
    assert calls.count == 2


def test_the_progress_of_a_call_may_be_set_before_the_call_is_added() -> None:
    calls = Calls()
    progress = CallProgress(webhook_depth=2)
    calls.set_progress("c1", progress)
    calls.add(build_call())
    assert calls.progress == {"c1": progress}


def test_a_new_call_has_the_fallback_scenario_and_waits_for_nothing() -> None:
    calls = build_calls("c1")
    assert (calls.progress["c1"].leg_scenario, [*calls.waiting]) == (FALLBACK_SCENARIO, [])


def test_the_longest_wait_comes_first_and_a_new_wait_begins_anew() -> None:
    calls = build_calls("c1", "c2")
    orders = []
    for call_id, waits in (("c2", WAITS), ("c1", WAITS), ("c2", WAITS), ("c2", (*WAITS, *WAITS))):
        calls.set_progress(call_id, calls.progress[call_id].replace(wait_reasons=waits))
        orders.append([*calls.waiting])
    calls.set_progress("c1", NEW_PROGRESS)
    assert [*orders, [*calls.waiting]] == [["c2"], ["c2", "c1"], ["c2", "c1"], ["c1", "c2"], ["c2"]]


def test_a_call_keeps_its_place_in_the_queue_until_it_needs_no_resource() -> None:
    calls = build_calls("c1", "c2")
    calls.queue_for("c2", "")
    for call_id in ("c1", "c2", "c1"):
        calls.queue_for(call_id, "agent")
    queued = [*calls.resource_queue.items()]
    calls.queue_for("c1", "")
    assert (queued, calls.resource_queue) == (
        [("c1", "agent"), ("c2", "agent")],
        {"c2": "agent"},
    )


def test_a_call_that_ends_again_is_the_last_to_be_evicted() -> None:
    calls = build_calls("c1", "c2")
    for call_id in ("c1", "c2", "c1"):
        calls.end(call_id)
    assert [*calls.ended] == ["c2", "c1"]


def test_a_call_is_live_until_it_ends_and_again_if_it_is_placed_again() -> None:
    calls = build_calls("c1", "c2", "c3")
    key = ("mobtexting", "mobtexting-default")
    calls.update(calls.by_id["c2"].replace(phase="begun"))
    lives = [[*calls.live_ids[key]]]
    for call_id in ("c1", "c2"):
        calls.update(calls.by_id[call_id].replace(phase="ended"))
        calls.end(call_id)
        lives.append([*calls.live_ids[key]])
    calls.update(calls.by_id["c1"].replace(phase="placed"))
    assert [*lives, [*calls.live_ids[key]]] == [
        ["c1", "c2", "c3"],
        ["c2", "c3"],
        ["c3"],
        ["c3", "c1"],
    ]


def test_nothing_is_kept_of_an_evicted_call_but_its_number() -> None:
    calls = build_calls("c1", "c2")
    for call_id in ("c1", "c2"):
        calls.set_progress(call_id, CallProgress(wait_reasons=WAITS))
        calls.queue_for(call_id, "agent")
        calls.end(call_id)
    calls.evict("c1")
    by_id = (calls.by_id, calls.progress, calls.waiting, calls.resource_queue, calls.ended)
    assert [[*names] for names in by_id] == [["c2"]] * 5
    by_other_id = (calls.ids_by_vendor_id, calls.ids_by_recording)
    assert [[*names.values()] for names in by_other_id] == [["c2"]] * 2
    assert calls.count == 2
