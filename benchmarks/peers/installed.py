"""Install the peers from their registries into a folder, and list how to start each."""

import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

NODE: Final = ("@mockoon/cli@9.9.0", "@stoplight/prism-cli@5.16.0", "wiremock@3.13.2")
JAVA: Final = "mockserver-node@8.0.0"
PYTHON: Final = ("pytest-httpserver==1.1.3", "aiohttp")
OWN_PACKAGES: Final = ("starlette", "uvicorn", "httptools", "uvloop")
FLAGS: Final = ("--no-audit", "--no-fund", "--loglevel=error")


def install(folder: Path) -> None:
    """Install into the folder what a run before has not installed there."""
    if not (folder / "node_modules").exists():
        npm = ["npm", "install", *FLAGS, *NODE, JAVA]
        subprocess.run(npm, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - a command of our own
    if not (folder / "venv").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)  # noqa: S603
        packages = [f"{name}=={version(name)}" for name in OWN_PACKAGES]
        pip = [str(folder / "venv/bin/pip"), "install", "-q", *PYTHON, *packages]
        subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)  # noqa: S603


def commands(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the command of each peer; `PORT` is replaced by a free port."""
    modules = folder / "node_modules"
    jar = next((modules / "mockserver-node").glob("*.jar"))
    mappings = f"-Dmockserver.initializationJsonPath={folder / 'mockserver.json'}"
    python = str(folder / "venv/bin/python")
    scripts = Path(__file__).parent
    return {
        "Mockoon": ("node", str(modules / ".bin/mockoon-cli"), "start", "--port", "PORT",
                    "--data", str(folder / "mockoon.json"), "--disable-log-to-file"),
        "Prism": ("node", str(modules / ".bin/prism"), "mock", "--dynamic", "--port", "PORT",
                  "--host", "127.0.0.1", str(folder / "prism.json")),
        "WireMock": ("java", "-jar", *map(str, (modules / "wiremock/build").glob("*.jar")),
                     "--port", "PORT", "--root-dir", str(folder / "wiremock"), "--disable-banner"),
        "MockServer": ("java", "-Dmockserver.logLevel=ERROR", mappings, "-jar", str(jar),
                       "-serverPort", "PORT"),
        "pytest-httpserver": (python, str(scripts / "httpserver.py"), "PORT"),
        "Starlette and aiohttp's client": (python, str(scripts / "sender.py"), "PORT"),
    }  # fmt: skip


def versions() -> str:
    node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout  # noqa: S607
    java = subprocess.run(["java", "-version"], check=True, capture_output=True, text=True).stderr  # noqa: S607
    return f"{', '.join((*NODE, JAVA, *PYTHON))}; node {node.strip()}, {java.splitlines()[0]}"
