"""`python -m tests.contract [EXAMPLES]`: Schemathesis compares responses and OpenAPI documents.

Schemathesis is installed from requirements-fuzz.lock. Each excluded check has a reason. Generating
requests takes most of the time, so one run per processor works at a time, each with its own
server.
"""

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import httpx

from mockserver.app import run_server
from mockserver.config.registry import load_providers
from mockserver.settings import parse_settings
from tests.support.simulation import CLICK_TO_CALL

BASIC = f"Authorization: Basic {b64encode(b'customer:token').decode()}"
BEARER = "Authorization: Bearer key"
FLAGS = {"port": "0", "clock": "manual", "seed": "contract", "quiet": True}
START = {"start_at": "2026-01-01T12:00:00Z"}
SINGLE_PHASES = "examples,coverage,fuzzing"
LINKED_PHASE = "stateful"
LINKED_DIVISOR = 2
"""A sequence of linked requests has up to six of them."""

SCHEMA_REASON = "what the form allows, a rulebook may still refuse"
CREDENTIAL_REASON = "any credential is good, but for `invalid` and `revoked`"
BLANK_REASON = "a parameter that is blank or null counts as not sent"
ENDLESS_PATHS = ("/_mock/events", "/_mock/receive/{name}")
"""A stream has no end, and an inbox gives whatever response is programmed."""
FORGETTING_PATHS = ("/_mock/reset",)
"""Paths after which no link works."""

VENDOR_EXCLUSIONS = {
    "positive_data_acceptance": SCHEMA_REASON,
    "ignored_auth": CREDENTIAL_REASON,
    "negative_data_rejection": BLANK_REASON,
}
EXCLUSIONS: Mapping[str, Mapping[str, str]] = {
    "control": {
        "positive_data_acceptance": SCHEMA_REASON,
        "negative_data_rejection": "a parameter that is given twice counts once",
    },
    "ccai": {
        **VENDOR_EXCLUSIONS,
        "unsupported_method": "this vendor answers 404 to a wrong method (assumed)",
        "content_type_conformance": "an id with a # in it ends the path, which is then nobody's",
    },
    "effebot": {
        **VENDOR_EXCLUSIONS,
        "unsupported_method": "one operation is there by GET and by POST, in lists of its own",
        "allow_header_conformance": "as before",
        "content_type_conformance": "a record's file that nobody has is our own 404",
    },
    "innocalls": VENDOR_EXCLUSIONS,
    "mobtexting": {
        **VENDOR_EXCLUSIONS,
        "content_type_conformance": "without Accept it redirects to a page that is not here",
        "unsupported_method": "GET works, too, as on the vendor's older pages (observed)",
        "allow_header_conformance": "as before",
    },
    "phonon": VENDOR_EXCLUSIONS,
}
LONGEST_FIRST = ("control", "effebot", "innocalls", "ccai")
"""These documents have links as well."""


class Run(NamedTuple):
    """One document and the phases of Schemathesis that test it."""

    name: str
    phases: str
    examples: int

    @property
    def excluded(self) -> tuple[str, ...]:
        if self.name != "control":
            return ()
        return ENDLESS_PATHS + (FORGETTING_PATHS if self.phases == LINKED_PHASE else ())


def prepare_links(origin: str) -> None:
    """Create one item of each kind for links to lead to."""
    bearer = {"authorization": "Bearer key"}
    call = {"call_type": "IncomingCall", "menu_id": 9, "end_user_number": "+1 859-657-9625"}
    webhooks = {"webhooks": {"any": f"{origin}/_mock/receive/contract"}}
    with httpx.Client(base_url=origin, trust_env=False) as client:
        responses = (
            client.patch("/_mock/accounts/mobtexting/mobtexting-default", json=webhooks),
            client.post("/mobtexting/api/v2/voice/c2c", json=dict(CLICK_TO_CALL), headers=bearer),
            client.post("/ccai/apps/api/v1/calls", json=call, auth=("customer", "token")),
            client.post("/_mock/clock/advance", json={"by": "1m"}),
        )
        assert [response.status_code for response in responses] == [200, 200, 201, 200]


def run_schemathesis(run: Run) -> tuple[int, str]:
    """Return the exit code and the output of a run."""
    with (
        run_server(parse_settings({**FLAGS, **START}, {})) as origin,
        TemporaryDirectory() as folder,
    ):
        if run.phases == LINKED_PHASE:
            prepare_links(origin)
        result = subprocess.run(  # noqa: S603 - our own command
            command_line(run, origin),
            check=False,
            cwd=folder,  # it writes files to its working directory
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.contract_formats", "PYTHONPATH": ROOT},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    return result.returncode, result.stdout


ROOT = str(Path(__file__).parent.parent)


def command_line(run: Run, origin: str) -> list[str]:
    is_control = run.name == "control"
    document = "/_mock/openapi.json" if is_control else f"/_mock/openapi/{run.name}.json"
    arguments = [sys.executable, "-m", "schemathesis.cli", "run", origin + document]
    arguments += [
        "--url",
        origin if is_control else f"{origin}/{run.name}",
        "--seed",
        "1",
        "--no-color",
    ]
    arguments += ["--max-examples", str(run.examples), "--phases", run.phases]
    arguments += ["--exclude-checks", ",".join(EXCLUSIONS[run.name])]
    arguments += ["-H", BASIC if run.name == "ccai" else BEARER]
    return arguments + [word for path in run.excluded for word in ("--exclude-path", path)]


def all_runs(examples: int) -> list[Run]:
    shorter = [name for name in load_providers() if name not in LONGEST_FIRST]
    single = [Run(name, SINGLE_PHASES, examples) for name in (*LONGEST_FIRST, *shorter)]
    return single + [
        Run(name, LINKED_PHASE, max(examples // LINKED_DIVISOR, 1)) for name in LONGEST_FIRST
    ]


def main(examples: int) -> int:
    planned = all_runs(examples)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        results = dict(zip(planned, pool.map(run_schemathesis, planned), strict=True))
    for _, text in results.values():
        print(text)  # noqa: T201 - a command
    failed = [f"{run.name} ({run.phases})" for run, (code, _) in results.items() if code]
    print("contract:", f"wrong: {', '.join(failed)}" if failed else "kept by all")  # noqa: T201
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 200))
