"""`python -m tests.fuzz [MINUTES [TARGET]]`: bytes that lead into every branch, by atheris.

It is installed from requirements-fuzz-bytes.lock. What a target does not survive is written to
tests/corpus/found, and becomes a test of its own.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["mockserver", "yaml", "python_multipart"]):
    from mockserver.config.yaml_document import parse_document
    from mockserver.delivery.address_policy import parse_url
    from mockserver.web.vendor.request import parse_fields

HERE = Path(__file__).parent
FOUND = HERE / "corpus" / "found"
TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "text/plain",
)


def loader(data: bytes) -> None:
    """Either a document or problems, of which each has a place."""
    known, problems = parse_document(data, "f")
    assert (known is None) == (problems != ())
    assert all(str(one).startswith("f:") for one in problems)


def bodies(data: bytes) -> None:
    for content_type in TYPES:
        fields, flaw = parse_fields(content_type, data, data[:100].decode("latin-1"))
        assert isinstance(fields, dict)
        assert isinstance(flaw, str)


def urls(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    for url in (text, f"http://{text}"):
        parse_url(url)


TARGETS: Mapping[str, tuple[Callable[[bytes], None], str]] = {
    "loader": (loader, "config/broken"),
    "bodies": (bodies, "corpus"),
    "urls": (urls, "corpus"),
}


def fuzzed(minutes: str, target: str, grown: str) -> None:
    """Ends the process, with 0 if nothing was found."""
    test, seeds = TARGETS[target]
    limits = [f"-max_total_time={round(float(minutes) * 60)}", "-timeout=5", "-rss_limit_mb=1024"]
    places = [f"-artifact_prefix={FOUND}/{target}-", grown, str(HERE / seeds)]
    atheris.Setup([sys.argv[0], *limits, "-print_final_stats=1", *places], test)
    atheris.Fuzz()


def main(minutes: str, *names: str) -> int:
    """Each target in a process of its own, which leaves nothing behind but what it has found."""
    FOUND.mkdir(exist_ok=True)
    codes = {}
    for name in names or TARGETS:
        with TemporaryDirectory() as grown:
            command = [sys.executable, "-m", "tests.fuzz", minutes, name, grown]
            codes[name] = subprocess.run(command, check=False).returncode  # noqa: S603 - our own
    wrong = [name for name, code in codes.items() if code]
    print("fuzz:", f"wrong: {', '.join(wrong)}" if wrong else "nothing found")  # noqa: T201
    return int(bool(wrong))


if __name__ == "__main__":
    if sys.argv[3:]:
        fuzzed(*sys.argv[1:])
    sys.exit(main(*(sys.argv[1:] or ["60"])))
