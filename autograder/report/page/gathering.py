"""What is gathered of a class while its results pass by one at a time: small numbers, and the names of submissions."""

import math
from array import array
from collections import Counter
from dataclasses import dataclass, field

from autograder.judge.results import CheckResult, Report
from autograder.report.page.reading import Row
from autograder.text import printable

ABSENT = -1  # in place of what a check earned: this submission was graded without it


@dataclass(frozen=True)
class Column:
    """A check over the class.

    Parameters
    ----------
    first : CheckResult
        Its number, title and worth, of the first submission that has it.
    earned : array of int
        For each graded submission hundredths of a point, or `ABSENT`.
    passed : array of int
        For each graded submission whether it passed as a whole.
    """

    first: CheckResult
    earned: "array[int]"
    passed: "array[int]"


@dataclass
class Gathered:
    """Numbers of a class; a place is a submission's number in grades.csv, from 0.

    Parameters
    ----------
    questions : list of str
        Which have a column in grades.csv.
    """

    questions: list[str]

    # Of all submissions, by their places.
    names: list[str] = field(default_factory=list)
    linked: bytearray = field(default_factory=bytearray)  # whether each has a page
    seconds: "array[float]" = field(default_factory=lambda: array("d"))  # that judging took

    # Of all submissions, as a whole.
    statuses: Counter[str] = field(default_factory=Counter)
    missing: list[int] = field(default_factory=list)  # places of those who have not submitted
    unusable: list[tuple[int, str]] = field(default_factory=list)  # place, and what is wrong with its report.json
    reasons: list[tuple[int, str, str]] = field(default_factory=list)  # place, status and why it is not graded
    known: set[str] = field(default_factory=set)  # of the columns that tell of students, those with anything in them
    graded_at: float = 0.0  # when the last report.json was written, seconds since 1970

    # Of those that grades.csv calls graded, one after another.
    scores: "array[float]" = field(default_factory=lambda: array("d"))  # points
    by_question: dict[str, "array[float]"] = field(default_factory=dict)  # points

    # Of those whose report.json says so too.
    judged: int = 0  # how many
    columns: dict[str, Column] = field(default_factory=dict)  # by the id of the check
    full_marks: Counter[int] = field(default_factory=Counter)  # hundredths, and for how many submissions
    ratios: dict[tuple[str, str], "array[float]"] = field(default_factory=dict)  # CPU times, by question and axis
    hints: dict[tuple[str, str], "array[int]"] = field(default_factory=dict)  # places, by question and id of the mistake
    sentences: dict[tuple[str, str], str] = field(default_factory=dict)  # what one of the students read, likewise

    def add(self, row: Row, report: Report | None, *, problem: str = "", written: float = 0.0) -> None:
        """Count a submission, whose results were written at a time; without a report, the problem says why."""
        place = len(self.names)
        self.names.append(row.name)
        self.linked.append(report is not None)
        self.statuses[row.status] += 1
        self.seconds.append(row.seconds)
        self.known.update(column for column in ("names", "submitted") if getattr(row, column))
        if row.status == "missing":
            self.missing.append(place)
        elif report is None:
            self.unusable.append((place, problem))
        if row.status == "graded":
            self.scores.append(row.score)
            for question in self.questions:
                self.by_question.setdefault(question, array("d")).append(row.questions[question])
        if report is None:
            return
        self.graded_at = max(self.graded_at, written)
        if row.status != "graded":
            self.reasons.append((place, row.status, printable(report.reason)))
            return
        self._add_checks(report.checks)
        for reading in report.meters:
            if reading.meter == "cpu_ratio":
                ratio = math.inf if reading.value is None else reading.value
                self.ratios.setdefault((reading.question, reading.axis), array("d")).append(ratio)
        for hint, words in report.hints.items():
            self.hints.setdefault(hint, array("q")).append(place)
            self.sentences.setdefault(hint, words)

    def _add_checks(self, results: tuple[CheckResult, ...]) -> None:
        for result in results:
            column = self.columns.get(result.check.id)
            if column is None:
                column = Column(result, array("q", [ABSENT]) * self.judged, array("b", [0]) * self.judged)
                self.columns[result.check.id] = column
            if len(column.earned) == self.judged:  # else the check stands there twice
                column.earned.append(result.points)
                column.passed.append(result.passed)
        self.judged += 1
        for column in self.columns.values():
            if len(column.earned) < self.judged:
                column.earned.append(ABSENT)
                column.passed.append(0)
        self.full_marks[sum(result.max_points for result in results)] += 1
