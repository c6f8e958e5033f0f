"""Marks in the tables that Canvas imports and Gradescope exports, a row for each student."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.configuration import DEFAULT, Configuration
from autograder.homework import questions
from autograder.report.files import write_atomically
from autograder.report.marks import points, worth_of_questions
from autograder.report.tables.sheets import as_csv
from autograder.report.tables.students import Class
from autograder.roster import Member

TITLE = "From loops to matrices"  # of the assignment; Canvas asks which of its own is meant where none is called so
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
    worth = worth_of_questions(configuration)
    write_atomically(out / "canvas.csv", as_csv(*_canvas(people, by_name, points(sum(worth.values())))))
    write_atomically(out / "gradescope.csv", as_csv(*_gradescope(people, by_name, worth)))
    return [out / "canvas.csv", out / "gradescope.csv"]


def _canvas(people: Class, rows: Mapping[str, dict[str, Any]], most: str) -> tuple[list[str], Iterator[dict[str, str]]]:
    """Canvas's table: its own columns up to the section, and the assignment."""
    header = list(people.roster.header) if people.roster else []
    same = [place for place, title in enumerate(header) if _same_title(title)]
    last = [title.strip().casefold() for title in header].index("section") if header else 0
    about = header[: last + 1] if header else list(CANVAS)
    column = header[same[0]] if len(same) == 1 else TITLE

    def lines() -> Iterator[dict[str, str]]:
        yield {about[0]: "    Points Possible", column: most}
        for member in people.members:
            row = _counted(people, rows, member)
            # An empty cell would delete what Canvas has: who has no mark here keeps that of the roster.
            kept = member.cells[same[0]] if header and member.cells and len(same) == 1 else ""
            score = row["score"] if row and row["status"] != "error" else kept
            if not header:
                student = member.student
                name = f"{member.last}, {member.first}" if member.first and member.last else student.name
                cells = (name, member.canvas, student.sid, member.login or student.email, member.sections)
                yield {**dict(zip(about, cells)), column: score}
            elif member.cells:  # Canvas would take anyone else for a new student
                yield {**dict(zip(about, member.cells)), column: score}

    return [*about, column], lines()


def _gradescope(
    people: Class, rows: Mapping[str, dict[str, Any]], worth: Mapping[str, int]
) -> tuple[list[str], Iterator[dict[str, str]]]:
    """Gradescope's table, with a column for each question, which is worth so many hundredths of a point."""
    titles = {
        row["question"]: f"{row['question'][1:]}: {row['title']} ({worth[row['question']] / 100} pts)" for row in questions()
    }
    most = points(sum(worth.values()))

    def lines() -> Iterator[dict[str, str]]:
        for member in people.members:
            row = _counted(people, rows, member)
            student = member.student
            line = {
                "First Name": member.first,
                "Last Name": member.last,
                "SID": student.sid or member.canvas,
                "Email": student.email,
                "Sections": member.sections,
                "Max Points": most,
                "Status": STATUS[row["status"]] if row else "Missing",
            }
            if row:
                name = row["submission"]
                line["Submission ID"] = re.sub(r"^submission_(?=\d+$)", "", name)
                line["Submission Time"] = _time(people.submissions[name].submitted)
                if row["status"] != "error":
                    line |= {"Total Score": row["score"], **{title: row[question] for question, title in titles.items()}}
            yield line

    return [*GRADESCOPE, *titles.values()], lines()


def _counted(people: Class, rows: Mapping[str, dict[str, Any]], member: Member) -> dict[str, Any] | None:
    """The row of a student's last submission that has one."""
    return next((rows[name] for name in reversed(people.handed_in.get(member, [])) if name in rows), None)


def _same_title(title: str) -> bool:
    match = NUMBERED.fullmatch(title)
    return (match[1] if match else title).strip().casefold() == TITLE.casefold()


def _time(submitted: str) -> str:
    return f"{datetime.fromisoformat(submitted):%Y-%m-%d %H:%M:%S %z}" if submitted else ""
