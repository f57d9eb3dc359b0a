"""`python -m tests.contract [EXAMPLES]`: our OpenAPI documents and our answers, by Schemathesis.

It is installed from requirements-fuzz.lock. A check that is left out says why.
"""

import subprocess
import sys
from collections.abc import Mapping
from tempfile import TemporaryDirectory

from mockserver.app import running
from mockserver.catalog.registry import listings
from mockserver.settings import read

BASIC = "Authorization: Basic Y3VzdG9tZXI6dG9rZW4="
BEARER = "Authorization: Bearer key"
EVERYWHERE = {
    "ignored_auth": "any credential is good, but for `invalid` and `revoked`",
    "positive_data_acceptance": "what the form allows, a rulebook may still refuse",
    "negative_data_rejection": "a parameter that is blank or null counts as not sent",
}
ENDLESS = ("/_mock/events", "/_mock/inbox/{name}")
"""A stream has no end, and an inbox answers whatever it was programmed to."""

LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    "ccai": {
        "unsupported_method": "this vendor answers 404 to a wrong method (assumed)",
        "content_type_conformance": "an id with a # in it ends the path, which is then nobody's",
    },
    "effebot": {
        "unsupported_method": "one operation is there by GET and by POST, in lists of its own",
        "allow_header_conformance": "as before",
        "content_type_conformance": "a record's file that nobody has is our own 404",
    },
    "mobtexting": {
        "content_type_conformance": "without Accept the vendor redirects to a page that is not here"
    },
}


def checked(origin: str, name: str, examples: int) -> int:
    """The exit code of one document's run, whose report goes to the terminal."""
    ours = name == "control"
    document = "/_mock/openapi.json" if ours else f"/_mock/openapi/{name}.json"
    left_out = ",".join({**EVERYWHERE, **LEFT_OUT.get(name, {})})
    words = ["--url", origin if ours else f"{origin}/{name}", "--seed", "1", "--no-color"]
    words += ["--max-examples", str(examples), "--exclude-checks", left_out]
    words += ["--phases", "examples,coverage,fuzzing", "-H", BASIC if name == "ccai" else BEARER]
    words += [word for path in ENDLESS for word in ("--exclude-path", path)] if ours else []
    command = [sys.executable, "-m", "schemathesis.cli", "run", origin + document, *words]
    with TemporaryDirectory() as place:  # it keeps files where it runs
        return subprocess.run(command, check=False, cwd=place).returncode  # noqa: S603 - our own words


def main(examples: int) -> int:
    flags = {"port": "0", "clock": "manual", "seed": "contract", "quiet": True}
    with running(read({**flags, "start_at": "2026-01-01T12:00:00Z"}, {})) as origin:
        codes = {name: checked(origin, name, examples) for name in (*listings(), "control")}
    wrong = [name for name, code in codes.items() if code]
    print("contract:", f"wrong: {', '.join(wrong)}" if wrong else "kept by all")  # noqa: T201 - a command
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 200))
