"""Generate load by wrk, on the second core."""

import json
import re
import subprocess
from pathlib import Path

from benchmarks.load import Load, pin

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}  # in ms
SCRIPT = 'wrk.method = "POST"\nwrk.body = {}\n{}\n'


def script(folder: Path, body: str, headers: dict[str, str]) -> Path:
    """Write the Lua script that makes wrk send this request, and return its path."""
    all_headers = {"content-type": "application/json", **headers}
    lines = "\n".join(
        f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}"
        for name, value in all_headers.items()
    )
    file = folder / "post.lua"
    file.write_text(SCRIPT.format(json.dumps(body), lines), "utf-8")
    return file


def wrk(url: str, file: Path, *, seconds: float, lines: int = 32) -> Load:
    words = ["wrk", "-t1", f"-c{lines}", f"-d{seconds:g}s", "--latency", "-s", str(file), url]
    done = subprocess.run(  # noqa: S603 - a command of our own
        words,
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=lambda: pin(1),
    )
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    assert rate, done.stdout
    p50, p99 = (_millis(done.stdout, share) for share in ("50", "99"))
    return Load(float(rate[1]), p50, p99, int(wrong[1]) if wrong else 0)


def _millis(output: str, share: str) -> float:
    """Parse the latency of a percentile, such as `99`, in ms."""
    match = re.search(rf"^\s+{share}%\s+([\d.]+)(us|ms|s)\s*$", output, re.MULTILINE)
    assert match, output
    return float(match[1]) * UNITS[match[2]]
