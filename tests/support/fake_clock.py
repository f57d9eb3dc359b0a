"""A real clock that stands still until a test sets it."""


class FakeClock:
    """A real clock in seconds that stands where it is put."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds
