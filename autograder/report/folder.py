"""The folder that results land in: for each submission results.json, and beside it what tells whether it is still valid."""

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from autograder.configuration import DEFAULT, Configuration
from autograder.homework import QUESTIONS, checks_of
from autograder.judge.verdict import Report
from autograder.report.files import write_atomically
from autograder.report.marks import Marks, points
from autograder.report.results import as_json, results
from autograder.report.words import first_words

GRADED = ".graded.json"  # beside results.json: the row of grades.csv, and the key under which it stays valid


def save(out: Path, report: Report, key: str, configuration: Configuration = DEFAULT) -> dict[str, Any]:
    """Write a submission's results.json, and beside it the key under which it stays valid; return its row of grades.csv."""
    folder = out / report.submission
    write_atomically(folder / "results.json", as_json(results(report, configuration)))
    marks = Marks.of(report, configuration)
    row = {
        "submission": report.submission,
        "score": points(marks.score),
        **{question: points(marks.earned(checks_of(question))) for question in QUESTIONS},
        "status": report.status,
        "seconds": f"{report.seconds:.2f}",
    }
    write_atomically(folder / GRADED, json.dumps({"key": key, "row": row, "first_words": first_words(report)}))
    return {**row, "first_words": first_words(report)}


def load(out: Path, submission: str, key: str) -> dict[str, Any] | None:
    """Read the row of a submission that was graded under the same key before; None where there is none to rely on."""
    try:
        json.loads((out / submission / "results.json").read_text(encoding="utf-8"))
        graded = _graded(out, submission)
        return _row(graded) if graded["key"] == key and graded["row"]["status"] != "error" else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def copy(out: Path, graded: str, submission: str, key: str) -> dict[str, Any] | None:
    """Give a submission the result of another one with the same key; return its row, None where there is none to rely on."""
    if load(out, graded, key) is None:
        return None
    write_atomically(out / submission / "results.json", (out / graded / "results.json").read_text(encoding="utf-8"))
    found = _graded(out, graded)
    found["row"]["submission"] = submission
    write_atomically(out / submission / GRADED, json.dumps(found))
    return _row(found)


def stored(out: Path, submissions: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Read the rows of submissions that have landed, one by one, whatever their keys."""
    for submission in submissions:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            yield _row(_graded(out, submission))


def _graded(out: Path, submission: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / submission / GRADED).read_text(encoding="utf-8"))
    return found


def _row(graded: dict[str, Any]) -> dict[str, Any]:
    return {**graded["row"], "first_words": graded["first_words"]}
