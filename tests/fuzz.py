"""`python -m tests.fuzz [MINUTES [TARGET]]`: atheris looks for bytes that break a parser.

Atheris is installed from requirements-fuzz-bytes.lock. Input that breaks a target is written to
tests/corpus/found and becomes a test.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["mockserver", "yaml", "python_multipart"]):
    from mockserver.config.yaml_document import parse_document
    from mockserver.core.webhook_url import parse_url
    from mockserver.web.vendor.request import parse_fields

TESTS = Path(__file__).parent
FOUND = TESTS / "corpus" / "found"
TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "text/plain",
)


def fuzz_loader(data: bytes) -> None:
    """The result is a document, or problems that each have a location."""
    document, problems = parse_document(data, "f")
    assert (document is None) == (problems != ())
    assert all(str(problem).startswith("f:") for problem in problems)


def fuzz_bodies(data: bytes) -> None:
    for content_type in TYPES:
        fields, body_error = parse_fields(content_type, data, data[:100].decode("latin-1"))
        assert isinstance(fields, dict)
        assert isinstance(body_error, str)


def fuzz_urls(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    for url in (text, f"http://{text}"):
        parse_url(url)


TARGETS: Mapping[str, tuple[Callable[[bytes], None], str]] = {
    "loader": (fuzz_loader, "config/broken"),
    "bodies": (fuzz_bodies, "corpus"),
    "urls": (fuzz_urls, "corpus"),
}


def run_target(minutes: str, target: str, corpus: str) -> None:
    """Fuzz one target, and end the process with 0 if nothing was found."""
    test, seeds = TARGETS[target]
    limits = [f"-max_total_time={round(float(minutes) * 60)}", "-timeout=5", "-rss_limit_mb=1024"]
    arguments = [f"-artifact_prefix={FOUND}/{target}-", corpus, str(TESTS / seeds)]
    atheris.Setup([sys.argv[0], *limits, "-print_final_stats=1", *arguments], test)
    atheris.Fuzz()


def main(minutes: str, *names: str) -> int:
    """Fuzz each target in its own process, which leaves only its findings behind."""
    FOUND.mkdir(exist_ok=True)
    codes = {}
    for name in names or TARGETS:
        with TemporaryDirectory() as corpus:
            command = [sys.executable, "-m", "tests.fuzz", minutes, name, corpus]
            codes[name] = subprocess.run(command, check=False).returncode  # noqa: S603 - our own
    failed = [name for name, code in codes.items() if code]
    print("fuzz:", f"wrong: {', '.join(failed)}" if failed else "nothing found")  # noqa: T201
    return int(bool(failed))


if __name__ == "__main__":
    if sys.argv[3:]:
        run_target(*sys.argv[1:])
    sys.exit(main(*(sys.argv[1:] or ["60"])))
