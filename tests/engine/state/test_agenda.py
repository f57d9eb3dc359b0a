"""The agenda: due items in order of time, and then of scheduling."""

from mockserver.engine.state.agenda import Agenda, DueItem


def test_due_items_are_taken_in_order_of_time_and_then_of_scheduling() -> None:
    agenda = Agenda()
    for at, name in ((20, "w1"), (10, "w2"), (20, "w3"), (10, "w4")):
        agenda.schedule(at, "delivery", name)
    taken = [agenda.take() for _ in range(5)]
    assert [due.subject if due else None for due in taken] == ["w2", "w4", "w1", "w3", None]


def test_an_item_due_at_time_zero_is_taken() -> None:
    agenda = Agenda()
    serial = agenda.schedule(0, "delivery", "w1")
    due = DueItem(at=0, serial=serial, kind="delivery", subject="w1")
    assert (agenda.peek(), list(agenda), agenda.take(), agenda.peek()) == (due, [due], due, None)
