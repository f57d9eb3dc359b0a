"""The container image, as far as its Dockerfile shows; `.ci/image` builds it."""

import re
import subprocess
import sys
import tomllib
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


def instructions(word: str) -> list[str]:
    return [rest for other, rest in LAST_STAGE if other == word]


@pytest.mark.parametrize("source", [rest for word, rest in STEPS if word == "COPY"])
def test_every_copied_file_exists(source: str) -> None:
    *sources, _ = source.split()
    if not sources[0].startswith("--from"):
        assert [path for path in sources if not (TOP / path).exists()] == []


def test_the_last_stage_runs_as_a_normal_user_in_exec_form() -> None:
    assert instructions("USER") == ["10001"]
    assert instructions("ENTRYPOINT") == ['["mockserver"]']
    assert instructions("CMD") == ['["serve"]']
    assert "serve" in COMMANDS
    assert [re.sub(r"--\S+ ", "", text) for text in instructions("HEALTHCHECK")] == [
        'CMD ["mockserver", "ready"]'
    ]


def test_the_variables_of_the_image_are_settings() -> None:
    pairs = dict(re.findall(r"(MOCKSERVER_[A-Z_]+)=(\S+)", " ".join(instructions("ENV"))))
    assert set(pairs) <= {option.variable for option in OPTIONS}
    settings = parse_settings({}, pairs)
    assert (settings.host, settings.port) == ("0.0.0.0", 8080)
    assert settings.webhook_rewrite == (("localhost", "host.docker.internal"),)
    assert instructions("EXPOSE") == [str(settings.port)]


def test_both_stages_have_the_same_base_image_by_digest() -> None:
    bases = {rest.partition(" AS ")[0] for word, rest in STEPS if word == "FROM"}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.11-slim@sha256:[0-9a-f]{64}", bases.pop())


def test_dependencies_are_installed_by_hash() -> None:
    installs = [rest for word, rest in STEPS if word == "RUN" and " install " in rest]
    assert [
        command for command in installs if not re.search("--require-hashes|--no-index", command)
    ] == []


def test_nothing_that_installs_packages_is_left_in_the_image() -> None:
    environments = [rest for word, rest in STEPS if word == "RUN" and "-m venv" in rest]
    assert environments == ["python -m venv --without-pip /opt/mockserver"]
    [removed] = [rest for rest in instructions("RUN") if "pip" in rest]
    assert removed.startswith("python -m pip uninstall --yes --quiet pip setuptools wheel && ")
    assert removed.endswith("/ensurepip")


def test_the_labels_say_what_the_package_says() -> None:
    labels = dict(
        re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]*)"', " ".join(instructions("LABEL")))
    )
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    assert labels == {
        "title": project["name"],
        "description": project["description"].rstrip("."),
        "licenses": project["license"],
        "authors": project["authors"][0]["name"],
        "url": project["urls"]["Homepage"],
        "documentation": project["urls"]["Documentation"],
        "source": project["urls"]["Source"],
    }


def test_the_demo_runs_without_a_writable_folder() -> None:
    # not even root can write below /proc
    environment = {"HOME": "/proc/none", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(TOP)}
    command = [sys.executable, "-m", "mockserver", "demo"]
    result = subprocess.run(command, cwd="/proc", env=environment, capture_output=True, timeout=30)  # noqa: S603, PLW1510 - our own command, its code is what is asserted
    assert (result.returncode, result.stderr) == (0, b"")
