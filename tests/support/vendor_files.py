"""Scenario files of all providers, checked as `mockserver check` does."""

from pathlib import Path

from mockserver.compiler import InvalidFiles, build_configuration
from mockserver.settings import Settings


def check_files(*files: Path) -> list[str]:
    """Return the problems of these files, without the file's path if there is only one."""
    try:
        build_configuration(Settings(seed="seed", scenarios=tuple(map(str, files))))
    except InvalidFiles as invalid:
        prefix = f"{files[0]}:" if len(files) == 1 else f"{files[0].parent}/"
        return [str(problem).replace(prefix, "") for problem in invalid.problems]
    return []
