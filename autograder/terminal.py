"""What commands show: how far they are, and what they found, as a table for people or a document for machines."""

import json
import os
import platform
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from autograder.configuration import Configuration
from autograder.homework import QUESTIONS
from autograder.judge.doctor import Finding
from autograder.report.course import points, worth_of_questions
from autograder.report.store import RESULTS, STUDENT_PAGE, Row
from autograder.report.tally import Tally
from autograder.run import Summary
from autograder.text import first_few
from autograder.versions import versions

FOUND = {
    "layer": ("in force", "missing"),
    "attempt": ("impossible", "possible"),
    "meter": ("works", "fails"),
}  # what a kind of findings is called when it is good, and when not
PLAIN_WIDTH = 160  # columns of the table where the output is no terminal
LONG = 50  # rows of the table that are shown; of more submissions, only those that are not graded, and a summary
RATE_OVER = 120.0  # seconds over which the rate is taken: what one submission takes differs a hundredfold


class _Rate(ProgressColumn):
    """Submissions a minute, of late."""

    def render(self, task: Task) -> Text:
        return Text(f"{60 * speed:.0f}/min" if (speed := task.finished_speed or task.speed) else "")


def progress_bar(**extra: str) -> Progress:
    """Make a bar with count, rate and time left, and behind it some fields of the task."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn()
    more = [TextColumn(f"{{task.fields[{name}]}}", style="dim") for name in extra]
    return Progress(*columns, *more, console=Console(stderr=True), transient=True, speed_estimate_period=RATE_OVER)


def console() -> Console:
    """Make a console for standard output, wide where that is no terminal."""
    found = Console()
    return found if found.is_terminal else Console(width=PLAIN_WIDTH)


def print_results(summary: Summary, configuration: Configuration) -> None:
    """Print the table, or for many submissions what needs a look and a summary, and what to open next."""
    tally = summary.tally
    screen = console()
    long = tally.landed > LONG
    shown = list(islice((row for row in tally.rows() if not long or row.status != "graded"), LONG))
    if shown:
        screen.print(_table(shown, configuration))
    lines = []
    if long:
        hidden = tally.landed - tally.statuses["graded"] - len(shown)
        lines = [*([f"... and {hidden} more that are not graded."] if hidden else []), *tally.summary()]
    lines.append(f"{tally.landed} of {tally.submissions} submissions have a result.")
    lines += _what_to_open(summary.written, tally)
    if tally.failed:
        named = first_few(tally.failed, LONG)
        reason = next((row.what_first for row in tally.rows() if row.status == "error"), "the reason is in its results.json")
        lines.append(f"The grader failed on {named}. Fix this, then run the same command again: {click.unstyle(reason)}")
    screen.print("\n".join([*lines, *summary.notices]), markup=False, soft_wrap=True)


def print_json(out: Path, summary: Summary) -> None:
    """Print everything in a folder of results as one JSON document, row by row."""
    tally = summary.tally
    about = {
        "out": str(out),
        "written": [str(path) for path in summary.written],
        "submissions": tally.submissions,
        "landed": tally.landed,
        "counts": {status: tally.statuses[status] for status in ("graded", "invalid", "error")},
        "remarks": summary.notices,
        "seconds": round(summary.seconds, 2),
        "interrupted": summary.interrupted,
    }
    print(json.dumps(about, indent=1, ensure_ascii=False).removesuffix("\n}"), ',\n "rows": [', sep="", end="")
    for place, row in enumerate(tally.rows()):
        cells = row.cells()
        numbers = {column: float(cells[column]) for column in ("score", *QUESTIONS, "seconds")}
        told = {**cells, **numbers, "first_words": row.what_first, "results": str(out / row.submission / RESULTS)}
        print("," if place else "", "\n  ", json.dumps(told, ensure_ascii=False), sep="", end="")
    print("\n ]\n}")


def print_findings(findings: Sequence[Finding]) -> None:
    """Print what `autograder doctor` found, the machine that it was found on, and what follows."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in findings:
        good, bad = FOUND[finding.kind]
        style = "green" if finding.good else "bold red" if finding.needed else "yellow"
        table.add_row(finding.name, f"[{style}]{good if finding.good else bad}[/]", escape(finding.words))
    screen = console()
    who = "root" if os.geteuid() == 0 else f"user {os.geteuid()}, not root"
    screen.print(f"{platform.system()} {platform.release()}, {platform.machine()}, {who}; ", end="")
    screen.print(", ".join(f"{name} {number}" for name, number in versions().items()))
    screen.print(table)
    lacking = [finding.name for finding in findings if finding.needed and not finding.good]
    screen.print(f"Nothing is graded here for want of: {', '.join(lacking)}." if lacking else "Submissions can be graded here.")


def _what_to_open(written: Sequence[Path], tally: Tally) -> list[str]:
    """Say where to look next: the page of the class, that of one student, and the tables."""
    pages = [path for path in written if path.suffix == ".html"]
    lines = []
    for page in pages:
        lines.append(f"Open {page} for the whole class.")
        if tally.landed:
            lines.append(f"Open {page.parent / _example(tally.rows()) / STUDENT_PAGE} for what one student reads.")
    lines.append(f"Tables: {', '.join(str(path) for path in written if path not in pages)}")
    return lines


def _example(rows: Iterator[Row]) -> str:
    """Name of a submission whose page shows most: the first that lost some of its points and not all, else the first."""
    first = ""
    for row in rows:
        first = first or row.submission
        if row.first_failed and row.score:
            return row.submission
    return first


def _table(rows: list[Row], configuration: Configuration) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    table.add_column("submission", no_wrap=True, min_width=max((len(row.submission) for row in rows), default=0))
    table.add_column("score", justify="right", no_wrap=True)
    for question, worth in worth_of_questions(configuration).items():
        table.add_column(f"{question}/{points(worth)}", justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("what to look at first", overflow="ellipsis", no_wrap=True, ratio=1)
    for row in rows:
        style = {"invalid": "yellow", "error": "red"}.get(row.status)
        words = escape(click.unstyle(row.what_first))
        cells = row.cells()
        marks = (cells[column] for column in ("score", *QUESTIONS, "status"))
        table.add_row(escape(row.submission), *marks, words, style=style)
    return table
