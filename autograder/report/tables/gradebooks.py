"""Marks in the tables that Canvas imports and Gradescope exports, a row for each student."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from autograder.configuration import DEFAULT, Configuration
from autograder.homework import TITLE, questions
from autograder.report.course import full_marks, points, worth_of_questions
from autograder.report.store import Row, write_atomically
from autograder.report.tables.due import metadata_of
from autograder.report.tables.sheets import as_csv
from autograder.report.tables.students import Class
from autograder.roster import Member
from autograder.text import first_few, for_terminal

Rows = dict[str, Row]  # by submission

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
NUMBERED = re.compile(r"(.*?)\s*\(\d+\)$")  # a title with Canvas's number of the assignment
GRADESCOPE = (
    *("First Name", "Last Name", "SID", "Email", "Sections", "Total Score", "Max Points", "Status", "Submission ID"),
    *("Submission Time", "Lateness (H:M:S)", "View Count", "Submission Count"),
)
MOST_NAMED = 20  # columns in a sentence for the terminal
STATUS = {"graded": "Graded", "invalid": "Graded", "error": "Ungraded"}  # what Gradescope calls it; others are missing


def write_gradebooks(out: Path, rows: Iterable[Row], people: Class, configuration: Configuration = DEFAULT) -> list[Path]:
    """Write canvas.csv and gradescope.csv where students are known; return their paths.

    Parameters
    ----------
    out : Path
        Folder of the results.
    rows : iterable of Row
        Those of grades.csv.
    people : Class
        Whose they are; if its roster is a gradebook of Canvas, its columns and numbers are kept, so that the import matches.
    configuration : Configuration
        What full marks are worth, and how the homework is called in Canvas.
    """
    if not people.members:
        return []
    by_name = {row.submission: row for row in rows if row.status in STATUS}
    write_atomically(out / "canvas.csv", _canvas(people, by_name, configuration))
    write_atomically(out / "gradescope.csv", _gradescope(people, by_name, configuration))
    return [out / "canvas.csv", out / "gradescope.csv"]


def canvas_sentences(people: Class, configuration: Configuration = DEFAULT) -> list[str]:
    """What an instructor should know of canvas.csv: that the gradebook has no column for the homework, or more than one."""
    header = people.roster.header if people.roster else ()
    assignments = [for_terminal(column) for column in header if NUMBERED.fullmatch(column)]
    ours = _ours(header, configuration)
    if not assignments or len(ours) == 1:
        return []
    many = f"{len(ours)} columns" if ours else "no column"
    return [
        f"The roster has {many} «{_column(configuration)}»: Canvas would take that of canvas.csv for a new assignment."
        f" There are {first_few(assignments, MOST_NAMED)}: name one as canvas.column in the settings (--config)."
    ]


def _canvas(people: Class, rows: Rows, configuration: Configuration) -> str:
    """Canvas's table: its own columns up to the section, and the assignment's."""
    header = people.roster.header if people.roster else ()
    ours = _ours(header, configuration)
    column = header[ours[0]] if len(ours) == 1 else _column(configuration)
    about: tuple[str, ...] = CANVAS
    students = people.members
    if header:
        about = header[: [name.strip().casefold() for name in header].index("section") + 1]
        students = tuple(member for member in students if member.cells)  # Canvas would take anyone else for a new student

    def line(member: Member) -> dict[str, str]:
        row = _counted(people, rows, member)
        # An empty cell would delete what Canvas has: who has no mark here keeps that of the roster.
        kept = member.cells[ours[0]] if len(ours) == 1 else ""
        score = points(row.score) if row and row.status != "error" else kept
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

    known = metadata_of(people, configuration)

    def line(member: Member) -> dict[str, str]:
        row = _counted(people, rows, member)
        cells = {
            "First Name": member.first,
            "Last Name": member.last,
            "SID": member.student.sid or member.canvas,
            "Email": member.student.email,
            "Sections": member.sections,
            "Max Points": most,
            "Status": STATUS[row.status] if row else "Missing",
        }
        if row:
            cells["Submission ID"] = re.sub(r"^submission_(?=\d+$)", "", row.submission)
            cells["Submission Time"] = _time(people.submissions[row.submission].submitted)
            cells["Lateness (H:M:S)"] = _span(known[row.submission].late)
            if row.status != "error":
                cells["Total Score"] = points(row.score)
                cells |= {title: points(row.questions[question]) for question, title in titles.items()}
        return cells

    return as_csv([*GRADESCOPE, *titles.values()], map(line, people.members))


def _counted(people: Class, rows: Rows, member: Member) -> Row | None:
    """The row of a student's last submission that has one."""
    return next((rows[name] for name in reversed(people.handed_in.get(member, [])) if name in rows), None)


def _column(configuration: Configuration) -> str:
    """How the homework is called in Canvas."""
    return (configuration.canvas_column or TITLE).strip()


def _ours(header: tuple[str, ...], configuration: Configuration) -> list[int]:
    """Places of the columns that bear the homework's name, with Canvas's number behind it or without."""
    name = _column(configuration).casefold()
    titles = [column.strip().casefold() for column in header]
    return [place for place, found in enumerate(titles) if name in (found, NUMBERED.sub(r"\1", found))]


def _span(late: timedelta) -> str:
    """Hours, minutes and seconds, as Gradescope has them."""
    seconds = int(late.total_seconds())
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _time(submitted: str) -> str:
    return f"{datetime.fromisoformat(submitted):%Y-%m-%d %H:%M:%S %z}" if submitted else ""
