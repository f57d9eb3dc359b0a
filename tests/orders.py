"""`python -m tests.orders [TIMES] [PATHS...]`: run the tests in random orders to find flaky ones.

Each order has a seed, which is printed with the failed tests: `pytest --random-order
--random-order-seed=SEED` repeats it.
"""

import re
import subprocess
import sys

FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def run_in_order(seed: int, paths: list[str]) -> list[str]:
    """Return the tests that fail in the order of this seed."""
    options = ["--random-order", f"--random-order-seed={seed}"]
    arguments = ["-q", "-p", "no:cacheprovider", "-n", "auto", *options, *(paths or ["tests"])]
    result = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "pytest", *arguments], check=False, capture_output=True, text=True
    )
    failed = FAILED.findall(result.stdout)
    return failed or ([] if result.returncode == 0 else [f"pytest ended with {result.returncode}"])


def main(times: int, paths: list[str]) -> int:
    flakes: dict[str, list[int]] = {}
    for seed in range(1, times + 1):
        failed = run_in_order(seed, paths)
        print(f"order {seed} of {times}: {len(failed)} failed", flush=True)  # noqa: T201 - a command
        for name in failed:
            flakes.setdefault(name, []).append(seed)
    for name, seeds in sorted(flakes.items()):
        print(f"{len(seeds)} of {times}: {name}, seeds {seeds}")  # noqa: T201
    print("orders:", f"{len(flakes)} that fail" if flakes else "none fails")  # noqa: T201
    return int(bool(flakes))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 50, sys.argv[2:]))
