"""`python -m tests.orders [TIMES] [PATHS...]`: the tests in random order; what fails now and then.

Each time has a seed of its own, which is printed with what has failed: `pytest --random-order
--random-order-seed=SEED` plays it again.
"""

import re
import subprocess
import sys

FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def played(seed: int, paths: list[str]) -> list[str]:
    """What has failed in this order."""
    order = ["--random-order", f"--random-order-seed={seed}"]
    words = ["-q", "-p", "no:cacheprovider", "-n", "auto", *order, *(paths or ["tests"])]
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "pytest", *words], check=False, capture_output=True, text=True
    )
    failed = FAILED.findall(done.stdout)
    return failed or ([] if done.returncode == 0 else [f"pytest ended with {done.returncode}"])


def main(times: int, paths: list[str]) -> int:
    flakes: dict[str, list[int]] = {}
    for seed in range(1, times + 1):
        failed = played(seed, paths)
        print(f"order {seed} of {times}: {len(failed)} failed", flush=True)  # noqa: T201 - a command
        for name in failed:
            flakes.setdefault(name, []).append(seed)
    for name, seeds in sorted(flakes.items()):
        print(f"{len(seeds)} of {times}: {name}, seeds {seeds}")  # noqa: T201
    print("orders:", f"{len(flakes)} that fail" if flakes else "none fails")  # noqa: T201
    return int(bool(flakes))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 50, sys.argv[2:]))
