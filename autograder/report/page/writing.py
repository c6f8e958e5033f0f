"""Write the pages over a folder of results, for the instructor and for each student: the same folder gives the same bytes."""

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from functools import cache
from pathlib import Path

import numpy as np

from autograder.homework import questions, title
from autograder.judge.meters.cpu import CPU_LIMIT
from autograder.report.files import write_atomically
from autograder.report.folder import STUDENT_PAGE
from autograder.report.page.findings import findings, mistakes
from autograder.report.page.gathering import Gathered
from autograder.report.page.items import FEWEST, analyse
from autograder.report.page.opened import opened
from autograder.report.page.panels import cpu_panels, score_panels
from autograder.report.page.reading import CheckOutcome, Row, StudentResult, Unusable, questions_of, result_of, rows
from autograder.report.page.templates import fill

MOST_LINKS = 500  # submissions listed behind a mistake: the table has them all
SLOWEST = 10  # submissions listed


def write_page(out: Path, *, everything: bool = False) -> Path:
    """Write DIR/index.html for the instructor, and DIR/<submission>/report.html for each student.

    Parameters
    ----------
    out : Path
        Folder of the results: grades.csv, and a folder with results.json for each submission.
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
        result, problem = None, ""
        if row.status != "missing":
            try:
                result = result_of(out, row)
            except Unusable as error:
                problem = str(error)
            else:
                page = student_page(row, opened(result) if everything else result)
                write_atomically(out / row.name / STUDENT_PAGE, page)
        gathered.add(row, result, problem)
    path = out / "index.html"
    write_atomically(path, class_page(gathered, rows(out)))
    return path


def student_page(row: Row, result: StudentResult) -> str:
    """Fill in what one student receives: nothing of checks that are shown later, and no sum that includes them."""
    by_question: dict[str, list[CheckOutcome]] = {}
    for outcome in result.outcomes:
        if outcome.visible:
            by_question.setdefault(outcome.question, []).append(outcome)
    parts = [(question, _titles().get(question, ""), outcomes) for question, outcomes in by_question.items()]
    complete = bool(result.outcomes) and all(outcome.visible for outcome in result.outcomes)
    most = sum(outcome.most for outcome in result.outcomes) if complete else None
    return "".join(fill("student.html.j2", homework=title(), row=row, most=most, summary=result.summary, parts=parts))


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
        homework=title(),
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
