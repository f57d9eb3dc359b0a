"""A round of the soak does what it says, and the soak finds what is not flat."""

import pytest

from tests.soak.__main__ import connect
from tests.soak.rounds import play_round
from tests.soak.samples import Sample, find_growth, memory_growth, steady_part
from tests.support.processes import serve


def test_every_operation_and_control_route_of_two_rounds_is_answered_as_it_should() -> None:
    with (
        serve("--port", "0", "--clock", "60x", "--quiet") as server,
        connect(server.ready["base"]) as http,
    ):
        assert [play_round(http, number) for number in range(2)] == [[], []]
        assert http.get("/_mock/health").json()["errors"] == 0


def build_samples(memory: list[float], files: int = 10, threads: int = 5) -> list[Sample]:
    """Build a sample of each second; `files` and `threads` are those of the last one."""
    samples = [Sample(after, mb, 10, 5) for after, mb in enumerate(memory)]
    return [*samples[:-1], samples[-1]._replace(files=files, threads=threads)]


@pytest.mark.parametrize(
    ("samples", "problems"),
    [
        (build_samples([100.0] * 11), []),
        (build_samples([100.0, 103.0] * 6), []),
        (build_samples([98.5 + 0.3 * index for index in range(10)]), []),
        (
            build_samples([98.0 + 0.4 * index for index in range(11)]),
            ["memory grows by 4.0 % of its mean"],
        ),
        (build_samples([105.0 - index for index in range(11)]), []),
        (build_samples([100.0] * 11, files=21), ["open files vary by 11"]),
        (build_samples([100.0] * 11, threads=16), ["threads vary by 11"]),
    ],
)
def test_what_is_not_flat_is_found(samples: list[Sample], problems: list[str]) -> None:
    assert find_growth(samples) == problems


def test_the_first_tenth_is_not_judged() -> None:
    samples = build_samples([50.0, *[100.0] * 9])
    assert memory_growth(steady_part(samples, seconds=10.0)) == 0.0
