"""The folder that results land in: for each submission results.json, report.json, and what tells whether they are valid."""

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from autograder.configuration import DEFAULT, Configuration
from autograder.judge.results import Report
from autograder.report import store
from autograder.report.course import for_course
from autograder.report.files import write_atomically
from autograder.report.lateness import note
from autograder.report.metadata import Metadata
from autograder.report.results import UNKNOWN, as_json, render
from autograder.report.row import Row

RESULTS = "results.json"  # what Gradescope takes
REPORT = "report.json"  # beside it: all results as data
GRADED = ".graded.json"  # beside them: the submission's row, and the key under which all of it stays valid
STUDENT_PAGE = "report.html"  # what the student reads
# All that reading a changed or torn file may raise, beside what the system says.
BROKEN = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


def save(out: Path, report: Report, key: str, configuration: Configuration = DEFAULT, metadata: Metadata = UNKNOWN) -> Row:
    """Write a submission's results, and beside them the key under which they stay valid; return its row."""
    graded = for_course(report, configuration, metadata)
    row = Row.of(graded, note(metadata, configuration))
    _write(out, as_json(render(graded, configuration, metadata)), as_json(store.to_json(graded)), key, row)
    return row


def load(out: Path, submission: str, key: str) -> Row | None:
    """Read the row of a submission that was graded under the same key before; None where there is none to rely on."""
    try:
        json.loads((out / submission / RESULTS).read_text(encoding="utf-8"))
        read_report(out, submission)
        graded = _read(out, submission)
        row = Row.from_json(graded["row"])
        return row if graded["key"] == key and row.status != "error" else None
    except (OSError, *BROKEN):
        return None


def copy(out: Path, graded: str, submission: str, key: str) -> Row | None:
    """Give a submission the result of another one with the same key; return its row, None where there is none to rely on."""
    found = load(out, graded, key)
    if found is None:
        return None
    row = found.called(submission)
    report = json.loads((out / graded / REPORT).read_text(encoding="utf-8")) | {"submission": submission}
    _write(out, (out / graded / RESULTS).read_text(encoding="utf-8"), as_json(report), key, row)
    return row


def read_report(out: Path, submission: str) -> Report:
    """Read the results of a submission.

    Raises
    ------
    OSError
        There are none.
    Exception
        One of `BROKEN`: they are not what was written.
    """
    return store.from_json(json.loads((out / submission / REPORT).read_text(encoding="utf-8")))


def stored(out: Path, submissions: Iterable[str]) -> Iterator[Row]:
    """Read the rows of submissions that have landed, one by one, whatever their keys."""
    for submission in submissions:
        with contextlib.suppress(OSError, *BROKEN):
            yield Row.from_json(_read(out, submission)["row"])


def _write(out: Path, results: str, report: str, key: str, row: Row) -> None:
    folder = out / row.submission
    (folder / GRADED).unlink(missing_ok=True)  # a run that is killed in between leaves nothing that could be taken for whole
    write_atomically(folder / RESULTS, results)
    write_atomically(folder / REPORT, report)
    write_atomically(folder / GRADED, json.dumps({"key": key, "row": row.to_json()}))


def _read(out: Path, submission: str) -> dict[str, Any]:
    graded: dict[str, Any] = json.loads((out / submission / GRADED).read_text(encoding="utf-8"))
    return graded
