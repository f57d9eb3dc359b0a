"""Reads the JSON report of an ordeal out of a file, for the page that shows it."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

FORMAT: Final = 1
"""The version of the JSON report, in its key `ordeal`."""

REPORT_NAME: Final = "report.json"
"""The name of the file in the folder of the logs of inputs."""

REPORT_START: Final = re.compile(r'\s*\{\s*"ordeal"\s*:')
HOW_TO_WRITE: Final = "`mockserver ordeal --format json` writes one"


class InvalidReport(ValueError):
    """The file is a report of an ordeal that cannot be shown; the message says why."""


def read_report(lines: Sequence[str]) -> str | None:
    """Return the report as one line of JSON; None if the lines are something else.

    Raises:
        InvalidReport: it is not complete, or not in this format.
    """
    text = "\n".join(lines)
    whole = _parse(text)
    if whole is None and REPORT_START.match(text):
        raise InvalidReport(f"it is a part of an ordeal's report: {HOW_TO_WRITE}")
    if not isinstance(whole, dict) or "ordeal" not in whole:
        return None
    if whole["ordeal"] != FORMAT:
        raise InvalidReport(
            f"it is an ordeal's report in format {whole['ordeal']}, and this version shows {FORMAT}"
        )
    return json.dumps(whole, ensure_ascii=False)


def _parse(text: str) -> Any:
    """Return what a text is as JSON; None if it is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
