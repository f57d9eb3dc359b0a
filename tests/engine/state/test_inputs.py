"""The log of inputs: order, steps between, the response of a request, and its limit."""

import pytest

from mockserver.core.configuration import Configuration
from mockserver.engine.state.inputs import FIXED_SIZE, Input, Inputs


@pytest.fixture
def log(configuration: Configuration) -> Inputs:
    return Inputs(configuration)


def shapes(log: Inputs) -> list[tuple[str, int, int, object, tuple[int, int]]]:
    return [(each.kind, each.now, each.steps, each.data, each.check) for each in log.entries]


def test_an_input_has_the_items_that_ran_since_the_one_before_it(log: Inputs) -> None:
    log.count_step()
    log.count_step()
    assert log.record("clock", 5, {"mode": "manual"}) == 1
    log.count_step()
    assert log.record("error", 6, {"error": "x"}) == 2
    log.count_step()
    assert shapes(log) == [
        ("clock", 5, 2, {"mode": "manual"}, (0, 0)),
        ("error", 6, 1, {"error": "x"}, (0, 0)),
    ]
    assert (log.steps, log.count, log.is_complete) == (1, 2, True)


def test_a_response_at_once_makes_one_input_of_the_request(log: Inputs) -> None:
    number = log.record("arrival", 5, {"body": b"\xff"})
    log.record_response(number, 5, (200, 3))
    assert shapes(log) == [("request", 5, 0, {"body": b"\xff"}, (200, 3))]


@pytest.mark.parametrize("between", ["a step", "time", "an input"])
def test_a_response_after_something_else_is_an_input_of_its_own(log: Inputs, between: str) -> None:
    number = log.record("arrival", 5, {})
    if between == "a step":
        log.count_step()
    if between == "an input":
        log.record("clock", 5, {})
    now = 6 if between == "time" else 5
    log.record_response(number, now, (200, 3))
    kind, at, steps, data, check = shapes(log)[-1]
    assert (kind, at, data, check) == ("response", now, 1, (200, 3))
    assert steps == (between == "a step")


def test_the_response_to_a_request_that_was_not_admitted_is_not_recorded(log: Inputs) -> None:
    log.record_response(0, 5, (200, 3))
    assert shapes(log) == []


def test_an_input_keeps_the_configuration_that_it_brings(
    log: Inputs, configuration: Configuration
) -> None:
    log.record("clock", 5, {})
    log.record("configuration", 5, {}, configuration)
    assert log.configurations == {2: configuration}


@pytest.mark.parametrize("kind", ["arrival", "response"])
def test_a_log_beyond_its_limit_is_given_up_and_goes_on_to_count(
    configuration: Configuration, kind: str
) -> None:
    log = Inputs(configuration, max_bytes=FIXED_SIZE * 2)
    number = log.record("arrival", 5, {})
    log.record("configuration", 6, {}, configuration)
    if kind == "arrival":
        log.record("arrival", 7, {})
    log.record_response(number, 8, (200, 1))
    log.record("clock", 9, {})
    assert (log.is_complete, list(log.entries), log.configurations) == (False, [], {})
    assert log.count == (4 if kind == "arrival" else 3)


def test_the_size_of_a_log_is_that_of_its_data(log: Inputs) -> None:
    log.record("unknown-path", 5, {"body": b"x" * 10_000})
    assert 10_000 + FIXED_SIZE < log.size < 10_100 + FIXED_SIZE


def test_inputs_are_values() -> None:
    entry = Input(kind="clock", now=1, steps=0, packed=b"\x80")
    assert entry == Input(kind="clock", now=1, steps=0, packed=b"\x80")
    assert entry.data == {}


def test_a_late_response_beyond_the_limit_gives_the_log_up(configuration: Configuration) -> None:
    log = Inputs(configuration, max_bytes=FIXED_SIZE * 2)
    number = log.record("arrival", 5, {})
    log.count_step()
    log.record_response(number, 5, (200, 3))
    assert (log.is_complete, log.count, list(log.entries)) == (False, 2, [])
