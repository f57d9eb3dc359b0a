"""Hangup causes: their Q.850 numbers and outcomes."""

from mockserver.core.causes import CAUSES


def test_the_causes_have_the_q_850_numbers_and_outcomes_of_the_contract() -> None:
    assert {name: tuple(cause) for name, cause in CAUSES.items()} == {
        "normal": (16, "cancelled"),
        "busy": (17, "busy"),
        "no-answer": (19, "no-answer"),
        "rejected": (21, "rejected"),
        "unreachable": (20, "unreachable"),
        "invalid-number": (28, "invalid-number"),
        "network-failure": (38, "failed"),
    }
