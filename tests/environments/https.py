"""Programs with a vendor's own host in them, run unchanged by `mockserver exec --https`."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.environments.environment import Environment, Failed, attempt

PROGRAMS_FOLDER: Final = Path(__file__).with_name("programs")
FORGING_PROXY: Final = Path(__file__).with_name("forging_proxy.py")
PACKAGES: Final = ("call-mockserver[https]", "requests", "httpx", "aiohttp")
OPTIONAL: Final = ("go",)
"""Commands that may be missing."""

RESPONSE: Final = "200 r1"
REFUSAL: Final = "mockserver emulates no other.example:443"

VERDICT: Final = "certif"
"""What every program says, in longer words, of a certificate that it does not trust."""


class Program(NamedTuple):
    """A program: its command, its file, and the variables by which it trusts the server.

    `untrusting` are options of its command instead, with which it does not.
    """

    command: str
    file: str
    trust: tuple[str, ...] = ()
    untrusting: tuple[str, ...] = ()


PROGRAMS: Final = (
    Program("python", "with_requests.py", ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")),
    Program("python", "with_httpx.py", ("SSL_CERT_FILE",)),
    Program("python", "with_urllib.py", ("SSL_CERT_FILE",)),
    Program("python", "with_aiohttp.py", ("SSL_CERT_FILE",)),
    Program("node", "with_fetch.mjs", ("NODE_EXTRA_CA_CERTS",)),
    Program("node", "with_https.mjs", ("NODE_EXTRA_CA_CERTS",)),
    Program("java", "WithHttpClient.java", (), ("-Djavax.net.ssl.trustStore=",)),
    Program("php", "with_curl.php", ("PHP_INI_SCAN_DIR",)),
    Program("sh", "with_curl.sh", ("SSL_CERT_FILE", "CURL_CA_BUNDLE")),
    Program("go run", "with_net_http.go", ("SSL_CERT_FILE",)),
)


def check_programs(environment: Environment) -> None:
    """Run each program, once more without trust in the server's authority, and behind a forger.

    Raises:
        Failed: one does not reach the server, or reaches another host, or does so without trust, or
            trusts the authority in a host that is not permitted to it.
    """
    for program in PROGRAMS:
        first, *rest = program.command.split()
        if shutil.which(first) is None and first in OPTIONAL:
            continue
        command = [environment.python] if first == "python" else [first, *rest]
        file = str(PROGRAMS_FOLDER / program.file)
        lines = _exec(environment, [*command, file]).splitlines()
        if RESPONSE not in lines or "refused" not in lines or REFUSAL not in "\n".join(lines):
            raise Failed(f"{program.file} printed:\n" + "\n".join(lines))
        unset = [word for name in program.trust for word in ("-u", name)]
        untrusted = _exec(environment, ["env", *unset, *command, *program.untrusting, file])
        forged = _run([environment.python, str(FORGING_PROXY), *command, file], environment)
        if {RESPONSE, "refused"} - {*forged.splitlines()}:
            raise Failed(f"{program.file} accepts a certificate that is not permitted:\n{forged}")
        if RESPONSE in untrusted or VERDICT not in untrusted.lower():
            raise Failed(f"{program.file} does not verify the certificate:\n{untrusted}")


def _exec(environment: Environment, command: Sequence[str]) -> str:
    """Run a command beside a server, and return what both have printed."""
    return _run([environment.command("mockserver"), "exec", "--https", "--", *command], environment)


def _run(command: Sequence[str], environment: Environment) -> str:
    return attempt(command, environment.folder).stdout
