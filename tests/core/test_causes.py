"""The seven causes of the contract, with the numbers that Q.850 gives them."""

from mockserver.core.causes import CAUSES


def test_causes_of_the_contract() -> None:
    assert {name: tuple(cause) for name, cause in CAUSES.items()} == {
        "normal": (16, "cancelled"),
        "busy": (17, "busy"),
        "no-answer": (19, "no-answer"),
        "rejected": (21, "rejected"),
        "unreachable": (20, "unreachable"),
        "invalid-number": (28, "invalid-number"),
        "network-failure": (38, "failed"),
    }
