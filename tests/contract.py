"""`python -m tests.contract [EXAMPLES]`: our OpenAPI documents and our answers, by Schemathesis.

It is installed from requirements-fuzz.lock. A check that is left out says why. Nearly all of the
time goes into making requests up, so that as many run at once as there are processors, each with a
server of its own.
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
EACH = "examples,coverage,fuzzing"
LINKED = "stateful"
FEWER = 2
"""A story of linked requests has up to six of them."""

FORM = "what the form allows, a rulebook may still refuse"
ANY = "any credential is good, but for `invalid` and `revoked`"
BLANK = "a parameter that is blank or null counts as not sent"
ENDLESS = ("/_mock/events", "/_mock/inbox/{name}")
"""A stream has no end, and an inbox answers whatever it was programmed to."""
FORGETFUL = ("/_mock/reset",)
"""What nothing can be linked to afterwards."""

VENDOR = {"positive_data_acceptance": FORM, "ignored_auth": ANY, "negative_data_rejection": BLANK}
LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    "control": {
        "positive_data_acceptance": FORM,
        "negative_data_rejection": "a parameter that is given twice counts once",
    },
    "ccai": {
        **VENDOR,
        "unsupported_method": "this vendor answers 404 to a wrong method (assumed)",
        "content_type_conformance": "an id with a # in it ends the path, which is then nobody's",
    },
    "effebot": {
        **VENDOR,
        "unsupported_method": "one operation is there by GET and by POST, in lists of its own",
        "allow_header_conformance": "as before",
        "content_type_conformance": "a record's file that nobody has is our own 404",
    },
    "innocalls": VENDOR,
    "mobtexting": {
        **VENDOR,
        "content_type_conformance": "without Accept it redirects to a page that is not here",
    },
    "phonon": VENDOR,
}
LONGEST_FIRST = ("control", "effebot", "innocalls", "ccai")
"""These have links as well."""


class Run(NamedTuple):
    """One document, by these phases of Schemathesis."""

    name: str
    phases: str
    examples: int

    @property
    def excluded(self) -> tuple[str, ...]:
        if self.name != "control":
            return ()
        return ENDLESS + (FORGETFUL if self.phases == LINKED else ())


def prepared(origin: str) -> None:
    """Something of each kind is there, to be linked to."""
    bearer = {"authorization": "Bearer key"}
    call = {"call_type": "IncomingCall", "menu_id": 9, "end_user_number": "+1 859-657-9625"}
    hook = {"webhooks": {"any": f"{origin}/_mock/inbox/contract"}}
    with httpx.Client(base_url=origin, trust_env=False) as client:
        asked = (
            client.patch("/_mock/accounts/mobtexting/mobtexting-default", json=hook),
            client.post("/mobtexting/api/v2/voice/c2c", json=dict(CLICK_TO_CALL), headers=bearer),
            client.post("/ccai/apps/api/v1/calls", json=call, auth=("customer", "token")),
            client.post("/_mock/clock/advance", json={"by": "1m"}),
        )
        assert [one.status_code for one in asked] == [200, 200, 201, 200]


def checked(run: Run) -> tuple[int, str]:
    """The exit code of a run, and what it has said."""
    with (
        run_server(parse_settings({**FLAGS, **START}, {})) as origin,
        TemporaryDirectory() as place,
    ):
        if run.phases == LINKED:
            prepared(origin)
        done = subprocess.run(  # noqa: S603 - our own words
            words(run, origin),
            check=False,
            cwd=place,  # it keeps files where it runs
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.contract_formats", "PYTHONPATH": HERE},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    return done.returncode, done.stdout


HERE = str(Path(__file__).parent.parent)


def words(run: Run, origin: str) -> list[str]:
    ours = run.name == "control"
    document = "/_mock/openapi.json" if ours else f"/_mock/openapi/{run.name}.json"
    said = [sys.executable, "-m", "schemathesis.cli", "run", origin + document]
    said += ["--url", origin if ours else f"{origin}/{run.name}", "--seed", "1", "--no-color"]
    said += ["--max-examples", str(run.examples), "--phases", run.phases]
    said += ["--exclude-checks", ",".join(LEFT_OUT[run.name])]
    said += ["-H", BASIC if run.name == "ccai" else BEARER]
    return said + [word for path in run.excluded for word in ("--exclude-path", path)]


def runs(examples: int) -> list[Run]:
    shorter = [name for name in load_providers() if name not in LONGEST_FIRST]
    each = [Run(name, EACH, examples) for name in (*LONGEST_FIRST, *shorter)]
    return each + [Run(name, LINKED, max(examples // FEWER, 1)) for name in LONGEST_FIRST]


def main(examples: int) -> int:
    todo = runs(examples)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        told = dict(zip(todo, pool.map(checked, todo), strict=True))
    for _, text in told.values():
        print(text)  # noqa: T201 - a command
    wrong = [f"{run.name} ({run.phases})" for run, (code, _) in told.items() if code]
    print("contract:", f"wrong: {', '.join(wrong)}" if wrong else "kept by all")  # noqa: T201
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 200))
