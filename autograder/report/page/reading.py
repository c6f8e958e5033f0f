"""Read the folder of the results again: grades.csv row by row, and the results.json of one submission at a time."""

import csv
import html
import json
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder.report.blocks import Hint, clean, to_html
from autograder.report.tables.grades import STUDENTS
from autograder.report.tables.sheets import read_csv

NEEDED = ("submission", "score", "status", "seconds")  # columns without which a table holds no grades
RATIO = re.compile(r"(q\d+)\.cpu_ratio\.(\w+)")
HINT = re.compile("(.*?)".join(map(re.escape, to_html([Hint("WORDS")]).split("WORDS"))), re.DOTALL)


class ResultsError(Exception):
    """A folder holds no results."""


class Unusable(Exception):
    """A submission's results.json is missing or broken; the words say which."""


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


@dataclass(frozen=True)
class CheckOutcome:
    """How one check ended for a submission.

    Parameters
    ----------
    id, number, question, title : str
        As in ``q4.loops``, ``4.6``, ``q4``, and the sentence that students read.
    mark : str
        ✓, ✗ or –.
    earned, most : int
        Hundredths of a point.
    passed : bool
        Whether it passed as a whole.
    visible : bool
        Whether students see it now.
    output : str
        What, where, yours, expected and hint, as HTML that `autograder.report.blocks` wrote.
    """

    id: str
    number: str
    question: str
    title: str
    mark: str
    earned: int
    most: int
    passed: bool
    visible: bool
    output: str


@dataclass(frozen=True)
class StudentResult:
    """What a results.json holds.

    Parameters
    ----------
    outcomes : tuple of CheckOutcome
        One for each check; empty if not graded.
    summary : str
        What stands above the checks, as HTML that `autograder.report.blocks` wrote.
    reason : str
        Why it is not graded, or what is worth saying of it.
    hints : tuple of (str, str)
        Question and id of each mistake that was named.
    ratios : dict of (str, str) to float
        CPU time in units of the reference's, by question and axis.
    written : float
        When, in seconds since 1970.
    score : int
        Hundredths of a point in all, after what lateness takes.
    """

    outcomes: tuple[CheckOutcome, ...]
    summary: str
    reason: str
    hints: tuple[tuple[str, str], ...]
    ratios: dict[tuple[str, str], float]
    written: float
    score: int

    def said(self) -> dict[tuple[str, str], str]:
        """The sentences that the student reads, by question and id of the hint.

        A question's first hint has its first sentence. The others are told only where there are as many sentences as hints:
        else one hint was said in several ways, and results.json does not tell which.
        """
        said: dict[tuple[str, str], str] = {}
        for question in dict.fromkeys(question for question, _ in self.hints):
            hints = [hint for hint in self.hints if hint[0] == question]
            outputs = (outcome.output for outcome in self.outcomes if outcome.question == question and outcome.output)
            words = list(dict.fromkeys(html.unescape(found) for output in outputs for found in HINT.findall(output)))
            said.update(zip(hints, words[: None if len(words) == len(hints) else 1]))
        return said


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
                clean(row.get("status", "")),
                _number(row.get("score")),
                {question: _number(row.get(question)) for question in questions},
                _number(row.get("seconds")),
                **{column: clean(row.get(column, "")) for column in STUDENTS},
            )
    except (ValueError, csv.Error) as error:
        raise ResultsError(f"{out / 'grades.csv'} cannot be read: {error}.") from error


def result_of(out: Path, row: Row) -> StudentResult:
    """Read the results.json of a submission.

    Raises
    ------
    Unusable
        It is missing or broken.
    """
    try:
        if not row.is_folder:
            raise Unusable("its name is no folder's")
        with (out / row.name / "results.json").open("rb") as file:
            written = os.fstat(file.fileno()).st_mtime
            return _result(json.load(file), written)
    except OSError as error:
        raise Unusable(f"its results.json cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        raise Unusable(f"its results.json is broken ({type(error).__name__})") from error


def _result(document: dict[str, Any], written: float) -> StudentResult:
    extra = document["extra_data"]
    found = ((RATIO.fullmatch(meter), value) for meter, value in extra.get("meters", {}).items())
    return StudentResult(
        tuple(map(_outcome, document["tests"])),
        _text(document["output"]),
        clean(_text(extra["reason"])),
        tuple((_text(hint["question"]), _text(hint["id"])) for hint in extra.get("hints", [])),
        {(m[1], m[2]): math.inf if value is None else float(value) for m, value in found if m},
        written,
        round(100 * document["score"]),
    )


def _outcome(test: dict[str, Any]) -> CheckOutcome:
    mark, title = _named(_text(test["name"]))
    question, _, check = test["tags"]
    return CheckOutcome(
        _text(check),
        _text(test["number"]),
        _text(question),
        title,
        mark,
        round(100 * test["score"]),
        round(100 * test["max_score"]),
        test["status"] == "passed",
        test.get("visibility", "visible") == "visible",
        _text(test["output"]),
    )


@lru_cache(maxsize=1024)  # the same few in every submission
def _named(name: str) -> tuple[str, str]:
    """Mark and title of a check; between them stands its id."""
    return clean(name[:1]), clean(name.partition(": ")[2])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()  # raises at half a character, which JSON can hold and a page cannot
    return value


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan
