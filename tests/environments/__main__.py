"""`python -m tests.environments [CASE...]`: our distributions in environments of their own.

It builds both. It installs the server from its wheel, then the client from its wheel, then both
from their source distributions, and runs what there is of each: demo, server, suite. The client
alone has a server that a command starts. Then it runs the named cases, or all of them if the only
name is `all`: a suite beside another package each, with the server in the same process and again
with one that a command starts. `old` checks that the client can be installed beside old packages,
and runs a suite there. `examples` runs the tests of the applications in the how-tos. `https` runs
programs of several languages, with a vendor's own host in them, by `mockserver exec --https`.
"""

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.environments.cases import BESIDE, CASES, OLD_APPLICATION, PLAIN, Case
from tests.environments.environment import (
    Environment,
    Failed,
    build,
    check_contents,
    check_server,
    check_suite,
    create,
)
from tests.environments.examples import check_examples, requirements
from tests.environments.https import PACKAGES, check_programs

ALONE = Case(packages=(), suite=PLAIN)
NO_SERVER = Case(packages=(), suite=PLAIN, printed="there is no mock server: install")


def server_alone(root: Path) -> Environment:
    """Install the server, from its wheel, and run it; then also a suite beside it."""
    environment = create(root / "server")
    environment.install(["call-mockserver"], root / "dist")
    check_server(environment)
    environment.install(["pytest"], root / "dist")
    check_suite(environment, ALONE)
    return environment


def client_alone(root: Path, command: str) -> None:
    """Install the client without the server, which its suite then starts by a command."""
    environment = create(root / "client")
    environment.install(["call-mockserver-client", "pytest"], root / "dist")
    check_suite(environment, NO_SERVER)
    check_suite(environment, ALONE, f"--mock-calls-command={command}")


def sources_alone(root: Path, _: str) -> None:
    """Install both from their source distributions."""
    environment = create(root / "sources")
    check_contents(root / "dist")
    files = [str(path) for path in (root / "dist").glob("*.tar.gz")]
    environment.install([*files, "pytest"], root / "dist")
    check_server(environment)
    check_suite(environment, ALONE)


def beside_old_packages(root: Path, command: str) -> None:
    environment = create(root / "old")
    for package in BESIDE:
        wanted = ["call-mockserver-client", "pytest", package]
        environment.install(wanted, root / "dist", "--dry-run")
    packages = ["call-mockserver-client", "pytest", "uv", *OLD_APPLICATION.packages]
    environment.install(packages, root / "dist")
    check_suite(environment, OLD_APPLICATION, f"--mock-calls-command={command}")
    [wheel] = (root / "dist").glob("call_mockserver-*.whl")
    uvx = (
        f"{environment.command('uvx')} --find-links {root / 'dist'} --from {wheel} call-mockserver"
    )
    check_suite(environment, OLD_APPLICATION, f"--mock-calls-command={uvx}")


def examples(root: Path, _: str) -> None:
    environment = create(root / "examples")
    environment.install(requirements(), root / "dist")
    check_examples(environment)


def by_https(root: Path, _: str) -> None:
    environment = create(root / "https")
    environment.install(PACKAGES, root / "dist")
    check_programs(environment)


OTHERS = {
    "old": ("beside old packages", beside_old_packages),
    "examples": ("the how-tos", examples),
    "https": ("programs with a vendor's host in them", by_https),
}
"""Name of what is not a case -> its title and what runs it."""


def run_case(name: str, root: Path, command: str) -> None:
    case, environment = CASES[name], create(root / name)
    environment.install(["call-mockserver", "pytest", *case.packages], root / "dist")
    check_suite(environment, case)
    check_suite(environment, case, f"--mock-calls-command={command}")


def steps(names: list[str]) -> Iterator[tuple[str, Callable[[Path, str], None]]]:
    yield "the client alone", client_alone
    yield "both from their source distributions", sources_alone
    for name in [*CASES, *OTHERS] if names == ["all"] else names:
        yield OTHERS.get(name) or (f"beside {name}", partial(run_case, name))


def main(names: list[str]) -> None:
    known = ("all", *OTHERS, *CASES)
    if unknown := {*names} - {*known}:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}")
    with TemporaryDirectory() as folder:
        root = Path(folder)
        build(root / "dist")
        command = server_alone(root).command("mockserver")
        print("the server alone: passed", flush=True)  # noqa: T201 - a command
        for title, check in steps(names):
            started = time.monotonic()
            try:
                check(root, command)
            except Failed as error:
                sys.exit(f"{title}: failed\n{error}")
            print(f"{title}: passed after {time.monotonic() - started:.0f} s", flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    main(sys.argv[1:])
