"""Marks in the tables that Canvas imports and Gradescope exports, a row for each student."""

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from autograder.configuration import DEFAULT, Configuration
from autograder.homework import questions, title
from autograder.report.files import write_atomically
from autograder.report.marks import full_marks, points, worth_of_questions
from autograder.report.tables.sheets import as_csv
from autograder.report.tables.students import Class
from autograder.roster import Member

Rows = dict[str, dict[str, Any]]  # of grades.csv, by submission

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
NUMBERED = re.compile(r"(.*?)\s*\(\d+\)")  # a title with Canvas's number of the assignment
GRADESCOPE = (
    *("First Name", "Last Name", "SID", "Email", "Sections", "Total Score", "Max Points", "Status", "Submission ID"),
    *("Submission Time", "Lateness (H:M:S)", "View Count", "Submission Count"),
)
STATUS = {"graded": "Graded", "invalid": "Graded", "error": "Ungraded"}  # what Gradescope calls it; others are missing


def write_gradebooks(
    out: Path, rows: Iterable[dict[str, Any]], people: Class, configuration: Configuration = DEFAULT
) -> list[Path]:
    """Write canvas.csv and gradescope.csv where students are known; return their paths.

    Parameters
    ----------
    out : Path
        Folder of the results.
    rows : iterable of dict
        Those of grades.csv.
    people : Class
        Whose they are; if its roster is a gradebook of Canvas, its columns and numbers are kept, so that the import matches.
    configuration : Configuration
        What full marks are worth.
    """
    if not people.members:
        return []
    by_name = {row["submission"]: row for row in rows if row["status"] in STATUS}
    write_atomically(out / "canvas.csv", _canvas(people, by_name, configuration))
    write_atomically(out / "gradescope.csv", _gradescope(people, by_name, configuration))
    return [out / "canvas.csv", out / "gradescope.csv"]


def _canvas(people: Class, rows: Rows, configuration: Configuration) -> str:
    """Canvas's table: its own columns up to the section, and the assignment's."""
    header = people.roster.header if people.roster else ()
    ours = [place for place, name in enumerate(header) if _is_ours(name)]
    column = header[ours[0]] if len(ours) == 1 else title()  # Canvas asks which is meant where none is called so
    about: tuple[str, ...] = CANVAS
    students = people.members
    if header:
        about = header[: [name.strip().casefold() for name in header].index("section") + 1]
        students = tuple(member for member in students if member.cells)  # Canvas would take anyone else for a new student

    def line(member: Member) -> dict[str, str]:
        row = _counted(people, rows, member)
        # An empty cell would delete what Canvas has: who has no mark here keeps that of the roster.
        kept = member.cells[ours[0]] if len(ours) == 1 else ""
        score = row["score"] if row and row["status"] != "error" else kept
        return {**dict(zip(about, member.cells if header else _canvas_cells(member))), column: score}

    possible = {about[0]: "    Points Possible", column: points(full_marks(configuration))}
    return as_csv([*about, column], chain([possible], map(line, students)))


def _canvas_cells(member: Member) -> tuple[str, ...]:
    """What is known of a student, by the columns of `CANVAS`."""
    name = f"{member.last}, {member.first}" if member.first and member.last else member.student.name
    return name, member.canvas, member.student.sid, member.login or member.student.email, member.sections


def _gradescope(people: Class, rows: Rows, configuration: Configuration) -> str:
    """Gradescope's table, with a column for each question."""
    worth = worth_of_questions(configuration)
    most = points(full_marks(configuration))
    titles = {
        row["question"]: f"{row['question'][1:]}: {row['title']} ({worth[row['question']] / 100} pts)" for row in questions()
    }

    def line(member: Member) -> dict[str, str]:
        row = _counted(people, rows, member)
        cells = {
            "First Name": member.first,
            "Last Name": member.last,
            "SID": member.student.sid or member.canvas,
            "Email": member.student.email,
            "Sections": member.sections,
            "Max Points": most,
            "Status": STATUS[row["status"]] if row else "Missing",
        }
        if row:
            cells["Submission ID"] = re.sub(r"^submission_(?=\d+$)", "", row["submission"])
            cells["Submission Time"] = _time(people.submissions[row["submission"]].submitted)
            if row["status"] != "error":
                cells |= {"Total Score": row["score"], **{title: row[question] for question, title in titles.items()}}
        return cells

    return as_csv([*GRADESCOPE, *titles.values()], map(line, people.members))


def _counted(people: Class, rows: Rows, member: Member) -> dict[str, Any] | None:
    """The row of a student's last submission that has one."""
    return next((rows[name] for name in reversed(people.handed_in.get(member, [])) if name in rows), None)


def _is_ours(column: str) -> bool:
    """Whether Canvas's column is the assignment's."""
    match = NUMBERED.fullmatch(column)
    return (match[1] if match else column).strip().casefold() == title().casefold()


def _time(submitted: str) -> str:
    return f"{datetime.fromisoformat(submitted):%Y-%m-%d %H:%M:%S %z}" if submitted else ""
