"""The tables over a class: grades.csv, and where students are known, those that platforms take."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.configuration import Configuration
from autograder.intake.places import Place
from autograder.report.folder import write_grades
from autograder.report.gradebooks import write_gradebooks
from autograder.report.students import Class, of, with_students
from autograder.report.tally import Tally
from autograder.roster import Roster


@dataclass(frozen=True)
class Tables:
    """Tables of a run.

    Parameters
    ----------
    out : Path
        Folder of the results.
    tally : Tally
        What has landed.
    submissions : mapping of str to Place
        All that were found.
    roster : Roster or None
        Who is in the class.
    configuration : Configuration
        What full marks are worth.
    """

    out: Path
    tally: Tally
    submissions: Mapping[str, Place]
    roster: Roster | None
    configuration: Configuration

    @cached_property
    def people(self) -> Class:
        """Whose submissions they are."""
        return of(self.submissions, self.roster)

    @property
    def remarks(self) -> list[str]:
        """What an instructor should know of the students."""
        return self.people.sentences(self.roster)

    def write_grades(self) -> Path:
        """Write grades.csv; return its path."""
        return write_grades(self.out, with_students(self.tally.rows(), self.submissions, self.people))

    def write(self) -> list[Path]:
        """Write all of them; return their paths."""
        rows = self.tally.rows()
        gradebooks = write_gradebooks(self.out, rows, self.submissions, self.people, self.roster, self.configuration)
        return [self.write_grades(), *gradebooks]
