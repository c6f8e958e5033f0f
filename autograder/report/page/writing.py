"""Write the pages over a folder of results, for the instructor and for each student: the same folder gives the same bytes."""

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from functools import cache
from pathlib import Path

import numpy as np

from autograder.homework import TITLE, questions
from autograder.judge.meters.cpu import CPU_LIMIT
from autograder.judge.results import CheckResult, Report
from autograder.report import words
from autograder.report.course import for_students, with_everything
from autograder.report.page.findings import findings, mistakes
from autograder.report.page.gathering import Gathered
from autograder.report.page.items import FEWEST, analyse
from autograder.report.page.panels import cpu_panels, score_panels
from autograder.report.page.reading import Row, Unusable, questions_of, report_of, rows, written_at
from autograder.report.page.templates import fill
from autograder.report.store import STUDENT_PAGE, write_atomically

MOST_LINKS = 500  # submissions listed behind a mistake: the table has them all
SLOWEST = 10  # submissions listed


def write_page(out: Path, *, everything: bool = False) -> Path:
    """Write DIR/index.html for the instructor, and DIR/<submission>/report.html for each student.

    Parameters
    ----------
    out : Path
        Folder of the results: grades.csv, and a folder with report.json for each submission.
    everything : bool
        Whether students' pages show what the settings show later.

    Returns
    -------
    path : Path
        Of index.html.

    Raises
    ------
    ResultsError
        The folder holds no results.
    OSError
        A page cannot be written.
    """
    gathered = Gathered(questions_of(out))
    for row in rows(out):
        if row.status == "missing":
            gathered.add(row, None)
            continue
        try:
            report = report_of(out, row)
        except Unusable as error:
            gathered.add(row, None, problem=str(error))
            continue
        page = student_page(row, with_everything(report) if everything else report)
        write_atomically(out / row.name / STUDENT_PAGE, page)
        gathered.add(row, report, written=written_at(out, row))
    path = out / "index.html"
    write_atomically(path, class_page(gathered, rows(out)))
    return path


def student_page(row: Row, report: Report) -> str:
    """Fill in what one student receives: nothing of checks that are shown later, and no sum that includes them."""
    shown = for_students(report)
    by_question: dict[str, list[CheckResult]] = {}
    for result in shown.checks:
        by_question.setdefault(result.check.question, []).append(result)
    complete = bool(report.checks) and len(shown.checks) == len(report.checks)
    return "".join(
        fill(
            "student.html.j2",
            homework=TITLE,
            row=row,
            most=report.max_score if complete else None,
            summary=words.summary(report),
            parts=[(question, _titles().get(question, ""), results) for question, results in by_question.items()],
        )
    )


def class_page(gathered: Gathered, table: Iterable[Row]) -> Iterator[str]:
    """Fill in what the instructor reads, piece by piece.

    Parameters
    ----------
    gathered : Gathered
        The class.
    table : iterable of Row
        The rows that were gathered, once more.
    """
    items, named = analyse(gathered.columns), mistakes(gathered)
    labels: dict[int, list[str]] = {}
    for mistake in named:
        for place in mistake.places:
            labels.setdefault(place, []).append(mistake.label)
    scores = np.asarray(gathered.scores, float)
    scores = scores[np.isfinite(scores)]
    last = datetime.fromtimestamp(gathered.graded_at, timezone.utc) if gathered.graded_at else None
    return fill(
        "class.html.j2",
        script="page.js",
        homework=TITLE,
        gathered=gathered,
        total=max(gathered.full_marks, default=0, key=lambda most: gathered.full_marks[most]) / 100,
        graded_at=f"{last:%Y-%m-%d %H:%M} UTC" if last else "",
        quartiles=np.percentile(scores, (25, 50, 75)).tolist() if len(scores) else [],
        findings=findings(items, named, gathered.judged),
        items=items,
        mistakes=named,
        most_links=MOST_LINKS,
        fewest=FEWEST,
        limit=CPU_LIMIT,
        score_panels=score_panels(gathered),
        cpu_panels=cpu_panels(gathered),
        not_graded=sorted(gathered.reasons, key=lambda reason: reason[1]),
        slowest=_slowest(gathered),
        table=((row, gathered.linked[place], labels.get(place, ())) for place, row in enumerate(table)),
        knows=[column for column in ("names", "submitted") if column in gathered.known],
    )


def _slowest(gathered: Gathered) -> list[tuple[int, float]]:
    """Places of the submissions that took longest to judge, and the seconds."""
    seconds = ((second, -place) for place, second in enumerate(gathered.seconds) if second > 0)
    return [(-place, second) for second, place in heapq.nlargest(SLOWEST, seconds)]


@cache
def _titles() -> dict[str, str]:
    return {row["question"]: row["title"] for row in questions()}
