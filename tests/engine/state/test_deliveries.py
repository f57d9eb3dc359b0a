"""The deliveries: numbered, found by call, held back and released, evicted with their call."""

from mockserver.engine.state.deliveries import Deliveries
from tests.support.builders import build_delivery, build_webhook


def add_delivery(deliveries: Deliveries, call_id: str) -> None:
    webhook = build_webhook(call_id=call_id)
    deliveries.add(build_delivery(id=deliveries.next_id, webhook=webhook))


def test_deliveries_are_numbered_and_found_by_their_call() -> None:
    deliveries = Deliveries()
    for call_id in ("c1", "c2", "c1"):
        add_delivery(deliveries, call_id)
    assert list(deliveries.by_id) == ["w1", "w2", "w3"]
    assert deliveries.ids_by_call == {"c1": ["w1", "w3"], "c2": ["w2"]}
    assert deliveries.count == 3


def test_an_update_replaces_the_delivery_in_its_place() -> None:
    deliveries = Deliveries()
    for _ in range(2):
        add_delivery(deliveries, "c1")
    deliveries.update(deliveries.by_id["w1"].replace(state="failed"))
    assert [delivery.state for delivery in deliveries.by_id.values()] == ["failed", "pending"]
    assert (deliveries.ids_by_call, deliveries.count) == ({"c1": ["w1", "w2"]}, 2)


def test_held_deliveries_are_released_once() -> None:
    deliveries = Deliveries()
    deliveries.hold("c1", ("w1", "w2"))
    assert deliveries.held_back == {"c1": ("w1", "w2")}
    assert [deliveries.release("c1") for _ in range(2)] == [("w1", "w2"), ()]
    assert deliveries.held_back == {}


def test_the_deliveries_of_a_call_are_evicted_together_and_still_counted() -> None:
    deliveries = Deliveries()
    for call_id in ("c1", "c2", "c1"):
        add_delivery(deliveries, call_id)
    deliveries.evict("c1")
    deliveries.evict("c1")
    assert (list(deliveries.by_id), deliveries.ids_by_call) == (["w2"], {"c2": ["w2"]})
    assert (deliveries.count, deliveries.next_id) == (3, "w4")
