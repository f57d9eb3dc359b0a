"""A real clock that stands still until a test sets it."""


class FakeClock:
    """Returns `seconds`, which a test sets."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds
