"""What tables over a class have of a submission: a row, in numbers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from autograder.homework import QUESTIONS
from autograder.judge.results import Report, Status
from autograder.report.marks import points
from autograder.report.words import first_words


@dataclass(frozen=True)
class Row:
    """A submission in grades.csv and on the terminal."""

    submission: str  # its name
    score: int  # hundredths, after what lateness takes off
    questions: Mapping[str, int]  # hundredths by question, before that
    status: Status
    seconds: float  # that judging took, by the wall clock
    first_failed: str = ""  # id of the first check that failed
    first_words: str = ""  # what to look at first: what that check found, or why nothing was graded
    late_note: str = ""  # why the score is lower than the sum of the questions

    @classmethod
    def of(cls, report: Report, late_note: str) -> "Row":
        """Sum up a report that is on the scale of its course."""
        earned = dict.fromkeys(QUESTIONS, 0)
        for result in report.checks:
            earned[result.check.question] += result.points
        failed = report.first_failed if report.status == "graded" else None
        return cls(
            report.submission,
            report.score,
            earned,
            report.status,
            round(report.seconds, 2),
            failed.check.id if failed else "",
            first_words(report),
            late_note,
        )

    @property
    def what_first(self) -> str:
        """What an instructor reads beside the points, in one line."""
        check = f"{self.first_failed}:" if self.first_failed else ""
        return " ".join(words for words in (self.late_note, check, self.first_words) if words)

    def cells(self) -> dict[str, str]:
        """The row as grades.csv has it, by column."""
        by_question = {question: points(earned) for question, earned in self.questions.items()}
        return {
            "submission": self.submission,
            "score": points(self.score),
            **by_question,
            "status": self.status,
            "seconds": f"{self.seconds:.2f}",
        }

    def called(self, submission: str) -> "Row":
        """Make the row of another submission with the same answers."""
        return replace(self, submission=submission)

    def to_json(self) -> dict[str, Any]:
        """Make a document of it."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Any) -> "Row":
        """Read it again.

        Raises
        ------
        TypeError, AttributeError, OverflowError
            It is not one.
        """
        row = cls(**document)
        if not all(type(hundredths) is int for hundredths in (row.score, *row.questions.values())):
            raise TypeError(document)
        row.cells()
        return row
