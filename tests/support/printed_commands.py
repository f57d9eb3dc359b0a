"""Runs a command that the documentation prints."""

import shutil
import subprocess

BASH = shutil.which("bash") or ""


def run_printed(command: str, origin: str) -> str:
    """Run a command as printed, but with the port of `origin`, and return its output."""
    text = command.replace("http://localhost:8080", origin).replace("curl ", "curl -sS ")
    done = subprocess.run([BASH, "-c", text], capture_output=True, check=True, timeout=20)  # noqa: S603 - the documentation's own text
    return done.stdout.decode()
