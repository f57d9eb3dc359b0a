"""What the user names beside the receiver: a probe that counts, and how the application calls."""

import json
import subprocess
from collections.abc import Mapping
from typing import Any, Final
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

from mockserver.ordeal.control import OrdealError
from mockserver.ordeal.runs import ONLY_COUNT, Counts

PATIENCE: Final = 30.0  # real seconds, for a command or a response
USAGE: Final = 'a number, or a JSON object of numbers such as {"orders": 3}'


def read_probe(probe: str, environment: Mapping[str, str]) -> Counts:
    """Return what the probe counts now; it is a URL to GET, or a command.

    Raises:
        OrdealError: it fails, or says no number.
    """
    text = run_or_ask(probe, "GET", environment, "the probe")
    try:
        value: Any = json.loads(text)
    except ValueError:
        value = None
    counts = value if isinstance(value, dict) else {ONLY_COUNT: value}
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in counts.values()):
        raise OrdealError(f"the probe says {text.strip()!r:.80}, not {USAGE}")
    return counts


def run_or_ask(target: str, method: str, environment: Mapping[str, str], name: str) -> str:
    """Return what a URL responds to the method, or what a command of a shell prints.

    Raises:
        OrdealError: the response is a refusal, or the command fails.
    """
    if target.startswith(("http://", "https://")):
        return _ask(target, method, name)
    try:
        done = subprocess.run(  # noqa: S602 - the user's own command
            target, shell=True, env=dict(environment), capture_output=True, text=True,
            timeout=PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise OrdealError(f"{name} {target!r} has not ended within {PATIENCE:g} s") from None
    if done.returncode:
        end = (done.stderr or done.stdout).strip()[-200:]
        raise OrdealError(f"{name} {target!r} has failed with {done.returncode}: {end}")
    return done.stdout


def _ask(url: str, method: str, name: str) -> str:
    try:
        request = Request(url, method=method)  # noqa: S310 - the user's own URL
        with build_opener(ProxyHandler({})).open(request, timeout=PATIENCE) as response:
            return str(response.read().decode(errors="replace"))
    except (URLError, OSError) as error:
        raise OrdealError(f"{name} {url} cannot be asked by {method}: {error}") from None
