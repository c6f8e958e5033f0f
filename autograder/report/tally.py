"""What a run has found so far: a few bytes for each submission, whose rows stay on disk."""

import statistics
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.report.course import points
from autograder.report.store import Row, stored

COMMONEST = 8  # checks that are named in a summary


class Tally:
    """Counts over the rows that have landed.

    Parameters
    ----------
    out : Path
        The folder of results.
    submissions : iterable of str
        Names of all that belong to the run, in their order.
    """

    def __init__(self, out: Path, submissions: Iterable[str]) -> None:
        self._out = out
        self._landed = dict.fromkeys(submissions, False)
        self.statuses: Counter[str] = Counter()
        self.failed: list[str] = []
        self.faulty: list[str] = []  # submissions at which a check of the grader's failed by itself
        self.fault = ""  # the first such fault
        self._scores = array("q")  # hundredths
        self._first: Counter[str] = Counter()
        self._example: dict[str, str] = {}

    def add(self, row: Row) -> None:
        """Count a row that has landed."""
        self._landed[row.submission] = True
        self.statuses[row.status] += 1
        if row.status == "error":
            self.failed.append(row.submission)
        if row.fault:
            self.faulty.append(row.submission)
            self.fault = self.fault or row.fault
        if row.status == "graded":
            self._scores.append(row.score)
        if row.first_failed:
            self._first[row.first_failed] += 1
            self._example.setdefault(row.first_failed, row.first_words)

    @property
    def landed(self) -> int:
        """Number of submissions that have a result."""
        return sum(self.statuses.values())

    @property
    def submissions(self) -> int:
        """Number of submissions in all."""
        return len(self._landed)

    def rows(self) -> Iterator[Row]:
        """Read what has landed, in the order of the submissions."""
        return stored(self._out, (name for name, landed in self._landed.items() if landed))

    def counts(self) -> str:
        """How many there are of each status."""
        return ", ".join(f"{self.statuses[status]} {status}" for status in ("graded", "invalid", "error"))

    def summary(self) -> list[str]:
        """Describe the scores, and what most submissions should look at first."""
        lines = [f"{self.counts()}."]
        if len(self._scores) > 1:
            quarters = [points(round(value)) for value in statistics.quantiles(self._scores, n=4, method="inclusive")]
            lines.append(f"Half of the scores lie between {quarters[0]} and {quarters[2]}, the median is {quarters[1]}.")
        if self._first:
            lines.append("What most should look at first:")
            width = len(str(self._first.most_common(1)[0][1]))
            for check, count in self._first.most_common(COMMONEST):
                lines.append(f"  {count:{width}} x {check}, for example: {self._example[check]}")
        return lines
