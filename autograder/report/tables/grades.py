"""grades.csv: a row for each submission, with whose it is where that is known, and one for each student who is missing."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from autograder.homework import QUESTIONS
from autograder.report.store import Row, write_atomically
from autograder.report.tables.sheets import as_csv
from autograder.report.tables.students import Class
from autograder.roster import Member

COLUMNS = ("submission", "score", *QUESTIONS, "status", "seconds")
STUDENTS = ("names", "emails", "sids", "submitted")  # behind them, where anything is known of the students


def write_grades(out: Path, rows: Iterable[Row], people: Class) -> Path:
    """Write grades.csv; return its path.

    Parameters
    ----------
    out : Path
        Folder of the results.
    rows : iterable of Row
        One for each submission that was graded.
    people : Class
        Whose they are: if nobody is known, there are no columns of students.
    """
    path = out / "grades.csv"
    if people.members:
        write_atomically(path, as_csv((*COLUMNS, *STUDENTS), _with_students(rows, people)))
    else:
        write_atomically(path, as_csv(COLUMNS, (row.cells() for row in rows)))
    return path


def _with_students(rows: Iterable[Row], people: Class) -> Iterator[dict[str, str]]:
    for row in rows:
        name = row.submission
        yield {**row.cells(), **_cells(people.owners[name], people.submissions[name].submitted)}
    for member in people.missing:
        yield {"submission": member.label, "status": "missing", **_cells((member,), "")}


def _cells(members: tuple[Member, ...], submitted: str) -> dict[str, str]:
    students = [replace(member.student, sid=member.student.sid or member.canvas) for member in members]
    words = ("; ".join(filter(None, (getattr(student, column) for student in students))) for column in ("name", "email", "sid"))
    return dict(zip(STUDENTS, (*words, submitted)))
