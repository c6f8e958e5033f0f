"""The folder that results land in: one results.json for each submission, grades.csv over all, nothing half-written."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autograder.configuration import Configuration
from autograder.homework import QUESTIONS
from autograder.judge.verdict import Report
from autograder.report.gradescope import DEFAULT, results
from autograder.report.marks import Marks, of_question, points
from autograder.report.sheets import as_csv
from autograder.report.words import first_words

COLUMNS = ("submission", "score", *QUESTIONS, "status", "seconds")
STUDENTS = ("names", "emails", "sids", "submitted")  # behind them, where anything is known of the students


def write_atomically(path: Path, text: str) -> None:
    """Replace a file as a whole: a reader finds the old text or the new one, also after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def as_json(rendered: dict[str, Any]) -> str:
    """Write a result as Gradescope takes it, without a NaN."""
    return json.dumps(rendered, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write_results(path: Path, rendered: dict[str, Any]) -> None:
    """Write a results.json in UTF-8 without a byte order mark, which Gradescope would not take."""
    write_atomically(path, as_json(rendered))


def save(out: Path, report: Report, key: str, configuration: Configuration = DEFAULT) -> dict[str, Any]:
    """Write a submission's results.json, and beside it the key under which it stays valid; return its row of grades.csv."""
    folder = out / report.submission
    write_results(folder / "results.json", results(report, configuration))
    marks = Marks.of(report, configuration)
    row = {
        "submission": report.submission,
        "score": points(marks.score),
        **{question: points(marks.earned(of_question(question))) for question in QUESTIONS},
        "status": report.status,
        "seconds": f"{report.seconds:.2f}",
    }
    write_atomically(folder / ".graded.json", json.dumps({"key": key, "row": row, "first_words": first_words(report)}))
    return {**row, "first_words": first_words(report)}


def load(out: Path, submission: str, key: str) -> dict[str, Any] | None:
    """Read the row of a submission that was graded under the same key before; None where there is none to rely on."""
    folder = out / submission
    try:
        graded = json.loads((folder / ".graded.json").read_text(encoding="utf-8"))
        json.loads((folder / "results.json").read_text(encoding="utf-8"))
        valid = graded["key"] == key and graded["row"]["status"] != "error"
        return {**graded["row"], "first_words": graded["first_words"]} if valid else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_grades(out: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """Write grades.csv, with columns of the students where rows have them; return its path."""
    rows = list(rows)
    columns = (*COLUMNS, *STUDENTS) if any(STUDENTS[0] in row for row in rows) else COLUMNS
    path = out / "grades.csv"
    write_atomically(path, as_csv(columns, rows))
    return path
