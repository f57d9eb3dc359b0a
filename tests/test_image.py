"""The image, as far as it can be judged without an engine: `.ci/image` executes its steps."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.cli import COMMANDS
from mockserver.settings import OPTIONS, parse_settings

TOP = Path(__file__).parent.parent
TEXT = (TOP / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
STEPS = [
    (word, rest)
    for word, _, rest in (line.strip().partition(" ") for line in TEXT.splitlines())
    if word and not word.startswith("#")
]
LAST_STAGE = STEPS[max(index for index, (word, _) in enumerate(STEPS) if word == "FROM") :]


def said(word: str) -> list[str]:
    return [rest for other, rest in LAST_STAGE if other == word]


@pytest.mark.parametrize("source", [rest for word, rest in STEPS if word == "COPY"])
def test_what_is_copied_is_there(source: str) -> None:
    *sources, _ = source.split()
    if not sources[0].startswith("--from"):
        assert [one for one in sources if not (TOP / one).exists()] == []


def test_last_stage_runs_as_a_normal_user_in_exec_form() -> None:
    assert said("USER") == ["10001"]
    assert said("ENTRYPOINT") == ['["mockserver"]']
    assert said("CMD") == ['["serve"]']
    assert "serve" in COMMANDS
    assert [re.sub(r"--\S+ ", "", one) for one in said("HEALTHCHECK")] == [
        'CMD ["mockserver", "ready"]'
    ]


def test_variables_of_the_image_are_options_and_read() -> None:
    pairs = dict(re.findall(r"(MOCKSERVER_[A-Z_]+)=(\S+)", " ".join(said("ENV"))))
    assert set(pairs) <= {option.variable for option in OPTIONS}
    settings = parse_settings({}, pairs)
    assert (settings.host, settings.port) == ("0.0.0.0", 8080)
    assert settings.webhook_rewrite == (("localhost", "host.docker.internal"),)
    assert said("EXPOSE") == [str(settings.port)]


def test_both_stages_stand_on_the_same_base_by_digest() -> None:
    bases = {rest.partition(" AS ")[0] for word, rest in STEPS if word == "FROM"}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.11-slim@sha256:[0-9a-f]{64}", bases.pop())


def test_dependencies_come_by_hash() -> None:
    installs = [rest for word, rest in STEPS if word == "RUN" and " install " in rest]
    assert [one for one in installs if not re.search("--require-hashes|--no-index", one)] == []


def test_demo_runs_where_nothing_can_be_written() -> None:
    # nobody can write below /proc, not even root
    nowhere = {"HOME": "/proc/none", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(TOP)}
    command = [sys.executable, "-m", "mockserver", "demo"]
    done = subprocess.run(command, cwd="/proc", env=nowhere, capture_output=True, timeout=30)  # noqa: S603, PLW1510 - our own command, its code is what is asserted
    assert (done.returncode, done.stderr) == (0, b"")
