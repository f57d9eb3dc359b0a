"""Logs and report of an ordeal take the place of those of an earlier one, and of nothing else."""

import json
from pathlib import Path
from typing import Final

import pytest

from mockserver.ordeal.cases import CASES, CLEAN
from mockserver.ordeal.control import OrdealError
from mockserver.ordeal.judge import Defect, Verdict
from mockserver.ordeal.kept_files import check_folder, keep_files
from mockserver.ordeal.plan import Plan
from mockserver.ordeal.runner import Report
from mockserver.ordeal.runs import Run
from tests.support.ordeal_vendors import VENDORS

DEFECT: Final = Defect(name="counts-copies", seen="the probe counts +2, not +1")


REPORT: Final = '{"ordeal": 1}'


def build_log(seed: str) -> str:
    return json.dumps({"inputs": 1, "seed": seed}) + "\n{}\n"


def build_report(*wrong: str) -> Report:
    """Build a report in which these cases are wrong, and the clean one is right."""
    verdicts = [
        Verdict(case=case, state="wrong", defects=(DEFECT,)) for case in CASES if case.name in wrong
    ]
    runs = {
        name: Run(webhooks=(), calls=1, requests={}, inputs=build_log(f"t/{name}"))
        for name in ("clean", *wrong)
    }
    plan = Plan(provider="phonon", vendor=VENDORS["phonon"], seed="t")
    return Report(plan=plan, verdicts=(Verdict(case=CLEAN, state="right"), *verdicts), runs=runs)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_the_logs_of_wrong_cases_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "kept"
    check_folder(folder)
    keep_files(build_report("late", "duplicate"), folder, REPORT)
    assert contents(folder) == {
        "late.jsonl": build_log("t/late"),
        "duplicate.jsonl": build_log("t/duplicate"),
        "report.json": f"{REPORT}\n",
    }


def test_nothing_is_made_if_no_case_is_wrong(tmp_path: Path) -> None:
    keep_files(build_report(), tmp_path / "kept", REPORT)
    assert [*tmp_path.iterdir()] == []


def test_the_logs_of_an_earlier_ordeal_are_removed_and_no_other_file(tmp_path: Path) -> None:
    for name in ("late", "garbage"):
        (tmp_path / f"{name}.jsonl").write_text(build_log(f"s/{name}"), "utf-8")
    (tmp_path / "report.json").write_text('{"ordeal": 0}', "utf-8")
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    (tmp_path / "other.jsonl").write_text("mine", "utf-8")
    check_folder(tmp_path)
    keep_files(build_report("late"), tmp_path, REPORT)
    assert contents(tmp_path) == {
        "late.jsonl": build_log("t/late"),
        "report.json": f"{REPORT}\n",
        "notes.txt": "mine",
        "other.jsonl": "mine",
    }


@pytest.mark.parametrize(
    "text",
    ["", "mine", "[1]", "7", "{}", '{"inputs": 1}', build_log("s"), build_log("s/late"), "\0\n"],
)
def test_a_file_of_another_kind_with_the_name_of_a_log_is_refused(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "garbage.jsonl").write_text(text, "utf-8")
    with pytest.raises(OrdealError) as error:
        check_folder(tmp_path)
    assert str(error.value) == (
        f"{tmp_path / 'garbage.jsonl'} is not of an ordeal, which would replace it: name"
        " another folder by --keep"
    )


@pytest.mark.parametrize("text", ["", "mine", "[1]", "{}", '{"report": 1}'])
def test_a_file_of_another_kind_with_the_name_of_the_report_is_refused(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "report.json").write_text(text, "utf-8")
    with pytest.raises(OrdealError, match=r"report\.json is not of an ordeal"):
        check_folder(tmp_path)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "garbage.jsonl").write_bytes(b"\xff")
    with pytest.raises(OrdealError, match="is not of an ordeal"):
        check_folder(tmp_path)


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    file.write_text("mine", "utf-8")
    reason = f"the files cannot be kept in {file}: Not a directory"
    with pytest.raises(OrdealError, match=reason):
        check_folder(file)
    with pytest.raises(OrdealError, match=reason):
        keep_files(build_report("late"), file, REPORT)
