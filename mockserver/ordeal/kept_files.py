"""Keeps the logs of inputs of wrong cases in a folder, and the report, in place of earlier ones."""

import json
from collections.abc import Iterator
from pathlib import Path

from mockserver.ordeal.cases import CASES
from mockserver.ordeal.control import OrdealError
from mockserver.ordeal.report_file import REPORT_NAME, InvalidReport, read_report
from mockserver.ordeal.runner import Report


def check_folder(folder: Path) -> None:
    """Check that the files can be kept there, before the cases are played.

    Raises:
        OrdealError: it is no folder, or another file in it has the name of one of them.
    """
    try:
        for path in _find_files(folder):
            if not _is_of_an_ordeal(path):
                raise OrdealError(
                    f"{path} is not of an ordeal, which would replace it: name another folder by"
                    " --keep"
                )
    except OSError as error:
        raise _cannot_keep(folder, error) from None


def keep_files(report: Report, folder: Path, text: str) -> None:
    """Write the log of each case with a defect, and the report, of which `text` is the JSON.

    Those of an earlier ordeal go; if no case is wrong, nothing is written.

    Raises:
        OrdealError: the files cannot be written.
    """
    wrong = [verdict.case.name for verdict in report.verdicts if verdict.defects]
    try:
        for path in (*_find_files(folder),):
            path.unlink()
        if not wrong:
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name in wrong:
            _log_path(folder, name).write_text(report.runs[name].inputs, "utf-8")
        (folder / REPORT_NAME).write_text(f"{text}\n", "utf-8")
    except OSError as error:
        raise _cannot_keep(folder, error) from None


def _find_files(folder: Path) -> Iterator[Path]:
    """Yield the files with names of logs, or of the report.

    Raises:
        NotADirectoryError: there is a file of the name of the folder.
    """
    names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    paths = (folder / REPORT_NAME, *(_log_path(folder, case.name) for case in CASES))
    return (path for path in paths if path.name in names)


def _log_path(folder: Path, case: str) -> Path:
    return folder / f"{case}.jsonl"


def _is_of_an_ordeal(path: Path) -> bool:
    return _is_report(path) if path.name == REPORT_NAME else _is_log(path)


def _is_log(path: Path) -> bool:
    """Whether a file is the log of a case: the seed of its sandbox ends with the case."""
    try:
        with path.open(encoding="utf-8") as lines:
            heading = json.loads(next(lines, ""))
        return "inputs" in heading and str(heading["seed"]).endswith(f"/{path.stem}")
    except (ValueError, LookupError, TypeError):
        return False


def _is_report(path: Path) -> bool:
    try:
        return read_report([path.read_text("utf-8")]) is not None
    except InvalidReport:
        return True
    except ValueError:
        return False


def _cannot_keep(folder: Path, error: OSError) -> OrdealError:
    return OrdealError(f"the files cannot be kept in {folder}: {error.strerror}")
