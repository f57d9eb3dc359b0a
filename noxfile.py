"""One command for each check: `nox --list` names them, `nox --session lint` runs one.

Each session has an environment of its own, with what is locked. `nox --no-venv` runs it in the
environment that is active instead, as `.ci/run` does.
"""

import nox

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
OURS = ("--no-deps", "--no-build-isolation", "-e", ".", "-e", "clients/python")
BOUNDS_TESTS = ("tests/web/server", "tests/test_app.py", "tests/test_app_sockets.py")
"""The tests that depend most on the versions of other packages."""

nox.needs_version = ">=2026"
nox.options.default_venv_backend = "venv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ("lint", "types", "tests")


def prepare(session: nox.Session, *locks: str) -> None:
    """Install the locked packages, our own, and those of other locks.

    An environment that is active already has all but those of other locks.
    """
    if session.venv_backend != "none":
        _pip(session, "--require-hashes", "-r", "requirements-test.lock")
        _pip(session, *OURS)
    for lock in locks:
        _pip(session, "--require-hashes", "-r", f"requirements-{lock}.lock")


def _pip(session: nox.Session, *words: str) -> None:
    session.run_install("python", "-m", "pip", "install", "--quiet", *words, external=True)


def _python(session: nox.Session, *words: str) -> None:
    session.run("python", *words, external=True)


def _pytest(session: nox.Session, *default: str) -> None:
    _python(session, "-m", "pytest", "-q", "-n", "auto", *(session.posargs or default))


@nox.session
def lint(session: nox.Session) -> None:
    """Format and style."""
    prepare(session)
    _python(session, "-m", "ruff", "format", "--check", ".")
    _python(session, "-m", "ruff", "check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types of all that is Python."""
    prepare(session)
    _python(session, "-m", "mypy")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests, or those that follow `--`, with each Python that is there."""
    prepare(session)
    _pytest(session)


@nox.session
def coverage(session: nox.Session) -> None:
    """Lines and branches of the parts that are held to 100 %."""
    prepare(session)
    session.run("bash", ".ci/coverage", external=True)


@nox.session
def contract(session: nox.Session) -> None:
    """Responses against the OpenAPI documents; the number of examples follows `--`."""
    prepare(session, "fuzz")
    _python(session, "-m", "tests.contract", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, strictly, into `site/` or the folder that follows `--`."""
    prepare(session, "docs")
    _python(session, "-m", "sphinx", "-q", "-W", "-n", "docs", *(session.posargs or ("site",)))


@nox.session
def image(session: nox.Session) -> None:
    """The steps of the Dockerfile, as far as they go without an engine."""
    prepare(session)
    _python(session, ".ci/image")


@nox.session
def wheel(session: nox.Session) -> None:
    """Wheel and sdist of both distributions, each installed alone, and the cases after `--`."""
    prepare(session)
    _python(session, "-m", "tests.environments", *session.posargs)


@nox.session
def bundle(session: nox.Session) -> None:
    """`dist/call-mockserver.pyz` and `dist/wheels/`, and their demo without a network."""
    prepare(session)
    _python(session, "-m", "distribution.bundle", "dist", *session.posargs)
    _python(session, "-m", "distribution.check_bundle", "dist")


@nox.session
def newcomer(session: nox.Session) -> None:
    """The first minutes of a newcomer, with the time of each step."""
    prepare(session)
    _python(session, "-m", "distribution.newcomer", *session.posargs)


@nox.session
def workflows(session: nox.Session) -> None:
    """What GitHub, GitLab, Compose and pre-commit read: by schema, and by actionlint."""
    prepare(session, "checks")
    _python(session, "-m", "distribution.check_workflows")


@nox.session(venv_backend="venv")
def lowest(session: nox.Session) -> None:
    """The oldest packages that pyproject.toml allows; all tests follow as `-- tests`."""
    _pip(session, "--require-hashes", "-r", "requirements-lowest.lock")
    _pip(session, *OURS)
    _pytest(session, *BOUNDS_TESTS)


@nox.session(venv_backend="venv")
def newest(session: nox.Session) -> None:
    """The newest packages that pyproject.toml allows; all tests follow as `-- tests`."""
    others = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "test")
    _pip(session, "--upgrade", *others, "-e", ".[people,https]", "-e", "clients/python")
    _pytest(session, *BOUNDS_TESTS)
