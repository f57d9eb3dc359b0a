"""Repeated log messages are throttled, and a new message is logged at once."""

from mockserver.web.log_throttle import MAX_KEYS, LogThrottle


def test_a_message_repeated_a_million_times_is_logged_55_times() -> None:
    throttle = LogThrottle()
    lines = [text for _ in range(1_000_000) if (text := throttle.limit("down", "it is down"))]
    assert len(lines) == 55
    assert lines[:11] == [*["it is down"] * 10, "it is down (20 times so far)"]
    assert lines[-2:] == [
        "it is down (900,000 times so far)",
        "it is down (1,000,000 times so far)",
    ]


def test_every_key_is_counted_separately() -> None:
    throttle = LogThrottle()
    for _ in range(15):
        throttle.limit("a", "a")
    assert (throttle.limit("a", "a"), throttle.limit("b", "b")) == ("", "b")


def test_counts_start_over_once_there_are_too_many_keys() -> None:
    throttle = LogThrottle()
    for _ in range(15):
        throttle.limit(0, "nought")
    for number in range(1, MAX_KEYS):
        throttle.limit(number, "another")
    assert throttle.limit(0, "nought") == ""
    assert throttle.limit(MAX_KEYS, "one more") == "one more"
    assert throttle.limit(0, "nought") == "nought"
