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
from autograder.report.lateness import kept, note
from autograder.report.marks import Marks, points
from autograder.report.metadata import Metadata
from autograder.report.results import UNKNOWN, as_json, results
from autograder.report.words import first_words

GRADED = ".graded.json"  # beside results.json: the submission's row, and the key under which both stay valid
STUDENT_PAGE = "report.html"  # beside it: what the student reads


def save(
    out: Path, report: Report, key: str, configuration: Configuration = DEFAULT, metadata: Metadata = UNKNOWN
) -> dict[str, Any]:
    """Write a submission's results.json, and beside it the key under which it stays valid.

    Returns
    -------
    row : dict
        What tables over a class have of it: the columns of grades.csv, and ``first_words``.
    """
    marks = Marks.of(report, configuration, kept(metadata, configuration))
    row = {
        "submission": report.submission,
        "score": points(marks.score),
        **{question: points(marks.earned(checks_of(question))) for question in QUESTIONS},
        "status": report.status,
        "seconds": f"{report.seconds:.2f}",
        "first_words": " ".join(filter(None, [note(metadata, configuration), first_words(report)])),
    }
    _write(out, as_json(results(report, configuration, metadata)), key, row)
    return row


def load(out: Path, submission: str, key: str) -> dict[str, Any] | None:
    """Read the row of a submission that was graded under the same key before; None where there is none to rely on."""
    try:
        json.loads((out / submission / "results.json").read_text(encoding="utf-8"))
        graded = _read(out, submission)
        row: dict[str, Any] = graded["row"]
        return row if graded["key"] == key and row["status"] != "error" else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def copy(out: Path, graded: str, submission: str, key: str) -> dict[str, Any] | None:
    """Give a submission the result of another one with the same key; return its row, None where there is none to rely on."""
    found = load(out, graded, key)
    if found is None:
        return None
    row = {**found, "submission": submission}
    _write(out, (out / graded / "results.json").read_text(encoding="utf-8"), key, row)
    return row


def stored(out: Path, submissions: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Read the rows of submissions that have landed, one by one, whatever their keys."""
    for submission in submissions:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            yield _read(out, submission)["row"]


def _write(out: Path, result: str, key: str, row: dict[str, Any]) -> None:
    write_atomically(out / row["submission"] / "results.json", result)
    write_atomically(out / row["submission"] / GRADED, json.dumps({"key": key, "row": row}))


def _read(out: Path, submission: str) -> dict[str, Any]:
    graded: dict[str, Any] = json.loads((out / submission / GRADED).read_text(encoding="utf-8"))
    return graded
