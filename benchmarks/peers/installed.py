"""The peers, from their registries into a folder of our own, and how each is started there."""

import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

NODE: Final = ("@mockoon/cli@9.9.0", "@stoplight/prism-cli@5.16.0", "wiremock@3.13.2")
JAVA: Final = "mockserver-node@8.0.0"
PYTHON: Final = ("pytest-httpserver==1.1.3", "aiohttp")
OURS: Final = ("starlette", "uvicorn", "httptools", "uvloop")
FLAGS: Final = ("--no-audit", "--no-fund", "--loglevel=error")


def install(place: Path) -> None:
    """Once; a second run finds them there."""
    if not (place / "node_modules").exists():
        words = ["npm", "install", *FLAGS, *NODE, JAVA]
        subprocess.run(words, cwd=place, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words
    if not (place / "venv").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place / "venv")], check=True)  # noqa: S603
        used = [f"{name}=={version(name)}" for name in OURS]
        pip = [str(place / "venv/bin/pip"), "install", "-q", *PYTHON, *used]
        subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)  # noqa: S603


def commands(place: Path) -> Mapping[str, tuple[str, ...]]:
    """How each is started; the port is put in place of PORT."""
    modules = place / "node_modules"
    jar = next((modules / "mockserver-node").glob("*.jar"))
    mappings = f"-Dmockserver.initializationJsonPath={place / 'mockserver.json'}"
    python = str(place / "venv/bin/python")
    here = Path(__file__).parent
    return {
        "Mockoon": ("node", str(modules / ".bin/mockoon-cli"), "start", "--port", "PORT",
                    "--data", str(place / "mockoon.json"), "--disable-log-to-file"),
        "Prism": ("node", str(modules / ".bin/prism"), "mock", "--dynamic", "--port", "PORT",
                  "--host", "127.0.0.1", str(place / "prism.json")),
        "WireMock": ("java", "-jar", *map(str, (modules / "wiremock/build").glob("*.jar")),
                     "--port", "PORT", "--root-dir", str(place / "wiremock"), "--disable-banner"),
        "MockServer": ("java", "-Dmockserver.logLevel=ERROR", mappings, "-jar", str(jar),
                       "-serverPort", "PORT"),
        "pytest-httpserver": (python, str(here / "httpserver.py"), "PORT"),
        "Starlette and aiohttp's client": (python, str(here / "sender.py"), "PORT"),
    }  # fmt: skip


def versions() -> str:
    node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout  # noqa: S607
    java = subprocess.run(["java", "-version"], check=True, capture_output=True, text=True).stderr  # noqa: S607
    return f"{', '.join((*NODE, JAVA, *PYTHON))}; node {node.strip()}, {java.splitlines()[0]}"
