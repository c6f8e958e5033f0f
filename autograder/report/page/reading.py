"""Read the folder of the results again: grades.csv row by row, and the report.json of one submission at a time."""

import csv
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import WrongUsage
from autograder.judge.results import Report
from autograder.report.store import BROKEN, REPORT, read_report
from autograder.report.tables.grades import STUDENTS
from autograder.report.tables.sheets import read_csv
from autograder.text import printable

NEEDED = ("submission", "score", "status", "seconds")  # columns without which a table holds no grades


class ResultsError(WrongUsage):
    """A folder holds no results."""


class Unusable(Exception):
    """A submission's report.json is missing or broken; the words say which."""


@dataclass(frozen=True)
class Row:
    """A row of grades.csv; what is empty or no number is NaN.

    Parameters
    ----------
    name : str
        The submission's, which is its folder's too.
    status : str
        graded, invalid, error or missing.
    score : float
        Points.
    questions : dict of str to float
        Points by question.
    seconds : float
        Time that judging took.
    names, emails, sids, submitted : str
        What is known of its students; empty where nothing is.
    """

    name: str
    status: str
    score: float
    questions: dict[str, float]
    seconds: float
    names: str = ""
    emails: str = ""
    sids: str = ""
    submitted: str = ""

    @property
    def is_folder(self) -> bool:
        """Whether a folder of the results can have this name; another one would lead out of them."""
        return self.status != "missing" and self.name not in ("", ".", "..") and not {"/", "\0"} & set(self.name)


def questions_of(out: Path) -> list[str]:
    """The questions that grades.csv has a column for.

    Raises
    ------
    ResultsError
        There is no grades.csv, or it holds no grades.
    """
    path = out / "grades.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            columns = csv.DictReader(file).fieldnames or []
    except OSError as error:
        raise ResultsError(f"{out} holds no results: {path} cannot be read ({error.strerror}).") from error
    except (ValueError, csv.Error) as error:
        raise ResultsError(f"{out} holds no results: {path} is not a table of text ({error}).") from error
    if lacking := [column for column in NEEDED if column not in columns]:
        raise ResultsError(f"{out} holds no results: {path} lacks the columns {', '.join(lacking)}.")
    return [column for column in columns if re.fullmatch(r"q\d+", column)]


def rows(out: Path) -> Iterator[Row]:
    """Rows of grades.csv, one after another.

    Raises
    ------
    ResultsError
        A row of it cannot be read.
    """
    questions = questions_of(out)
    try:
        for row in read_csv(out / "grades.csv"):
            yield Row(
                row.get("submission", ""),
                printable(row.get("status", "")),
                _number(row.get("score")),
                {question: _number(row.get(question)) for question in questions},
                _number(row.get("seconds")),
                **{column: printable(row.get(column, "")) for column in STUDENTS},
            )
    except (ValueError, csv.Error) as error:
        raise ResultsError(f"{out / 'grades.csv'} cannot be read: {error}.") from error


def report_of(out: Path, row: Row) -> Report:
    """Read the report.json of a submission.

    Raises
    ------
    Unusable
        It is missing or broken.
    """
    try:
        if not row.is_folder:
            raise Unusable("its name is no folder's")
        return read_report(out, row.name)
    except OSError as error:
        raise Unusable(f"its {REPORT} cannot be read ({error.strerror})") from error
    except BROKEN as error:
        raise Unusable(f"its {REPORT} is broken ({type(error).__name__})") from error


def written_at(out: Path, row: Row) -> float:
    """When the results of a submission were written, in seconds since 1970."""
    return (out / row.name / REPORT).stat().st_mtime


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan
