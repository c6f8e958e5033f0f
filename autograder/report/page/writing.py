"""Write the pages: no request leaves them, no style or script but theirs counts, the same folder gives the same bytes."""

import base64
import hashlib
import heapq
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.homework import questions
from autograder.judge.meters.cpu import CPU_LIMIT
from autograder.report.blocks import CELL, HINT, MARGIN, PRE, clean
from autograder.report.files import write_atomically
from autograder.report.marks import points
from autograder.report.page import figures
from autograder.report.page.findings import findings, mistakes, signed
from autograder.report.page.items import FEWEST, analyse
from autograder.report.page.reading import Outcome, Result, Row, Unusable, questions_of, result_of, rows
from autograder.report.page.tally import Tally

HERE = Path(__file__).parent
MOST_LINKS = 500  # submissions listed behind a mistake: the table has them all
SLOWEST = 10  # submissions listed
CLASSES = {MARGIN: "", PRE: "verbatim", HINT: "hint", f"{CELL}left": "", f"{CELL}right": "number"}


def write_page(out: Path) -> Path:
    """Write DIR/index.html for the instructor, and DIR/<submission>/report.html for each student.

    Parameters
    ----------
    out : Path
        Folder of the results: grades.csv, and a folder with results.json for each submission.

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
    tally = Tally(questions_of(out))
    for row in rows(out):
        result, problem = None, ""
        if row.status != "missing":
            try:
                result = result_of(out, row)
            except Unusable as error:
                problem = str(error)
            else:
                write_atomically(out / row.name / "report.html", student_page(row, result))
        tally.add(row, result, problem)
    path = out / "index.html"
    write_atomically(path, class_page(tally, rows(out)))
    return path


def student_page(row: Row, result: Result) -> str:
    """Render what one student receives: nothing of checks that are shown later, and no sum that includes them."""
    shown = [outcome for outcome in result.outcomes if outcome.visible]
    by_question: dict[str, list[Outcome]] = {}
    for outcome in shown:
        by_question.setdefault(outcome.question, []).append(outcome)
    most = sum(outcome.most for outcome in shown)
    style = _text("page.css")
    return (
        _environment()
        .get_template("student.html.j2")
        .render(
            row=row,
            policy=_policy(style),
            style=Markup(style),
            total=f"{_points(row.score)} of {points(most)}" if shown and len(shown) == len(result.outcomes) else "",
            summary=_restyled(result.summary),
            parts=[
                (question, _titles().get(question, ""), _sum(outcomes, "earned"), _sum(outcomes, "most"), outcomes)
                for question, outcomes in by_question.items()
            ],
        )
    )


def class_page(tally: Tally, table: Iterable[Row]) -> Iterator[str]:
    """Render what the instructor reads, piece by piece.

    Parameters
    ----------
    tally : Tally
        The class.
    table : iterable of Row
        The rows that were counted, once more.
    """
    items, named = analyse(tally.columns), mistakes(tally)
    labels: dict[int, list[str]] = {}
    for mistake in named:
        for place in mistake.places:
            labels.setdefault(place, []).append(mistake.label)
    style, script = _text("page.css"), _text("page.js")
    scores = np.asarray(tally.scores)[np.isfinite(tally.scores)] if tally.scores else np.zeros(0)
    return (
        _environment()
        .get_template("class.html.j2")
        .generate(
            policy=_policy(style, script),
            style=Markup(style),
            script=Markup(script),
            tally=tally,
            total=max(tally.full_marks, default=0, key=lambda most: tally.full_marks[most]) / 100,
            graded_at=f"{datetime.fromtimestamp(tally.graded_at, timezone.utc):%Y-%m-%d %H:%M} UTC" if tally.graded_at else "",
            quartiles=np.percentile(scores, (25, 50, 75)).tolist() if len(scores) else [],
            findings=findings(items, named, tally.judged),
            items=items,
            mistakes=named,
            most_links=MOST_LINKS,
            fewest=FEWEST,
            limit=CPU_LIMIT,
            scores=_scores(tally, scores),
            races=[_race(axis, np.asarray(ratios)) for axis, ratios in sorted(tally.ratios.items(), key=_as_in_formula)],
            not_graded=sorted(tally.reasons, key=lambda reason: reason[1]),
            slowest=_slowest(tally),
            table=((row, tally.linked[place], labels.get(place, ())) for place, row in enumerate(table)),
            titles=_titles(),
            knows=[column for column in ("names", "submitted") if column in tally.known],
        )
    )


@dataclass(frozen=True)
class Panel:
    """A figure, what it shows, and what to read off it."""

    title: str
    words: str
    figure: Markup


def _scores(tally: Tally, scores: Any) -> list[Panel]:
    """The distribution of all points, then that of each question."""
    if not len(scores) or not tally.judged:
        return []
    most: dict[str, int] = {}
    for column in tally.columns.values():
        most[column.first.question] = most.get(column.first.question, 0) + column.first.most
    panels = [Panel("", "", figures.of_scores(scores, sum(most.values()) / 100, (480, 240)))]
    for question, values in tally.by_question.items():
        if question in most and np.isfinite(values).any():
            words = f"mean {_points(float(np.nanmean(values)))} of {points(most[question])}"
            panels.append(Panel(question, words, figures.of_scores(values, most[question] / 100, (210, 120))))
    return panels


def _race(axis: tuple[str, str], ratios: Any) -> Panel:
    """CPU time of a question along an axis."""
    over, endless = int((ratios > CPU_LIMIT).sum()), int(np.isinf(ratios).sum())
    middle = float(np.median(ratios))
    words = f"median {'∞' if math.isinf(middle) else f'{middle:.3g}'}, over the limit {over} of {len(ratios)}"
    words += f", {endless} of them without end" if endless else ""
    return Panel(f"{axis[0]} along {axis[1]}", words, figures.of_ratios(ratios, (330, 130)))


def _as_in_formula(entry: tuple[tuple[str, str], Any]) -> tuple[str, int]:
    """Sort axes as they stand in the shapes: (N, D, C), (n, m, d)."""
    question, axis = entry[0]
    return question, "NDCnmd".find(axis)


def _slowest(tally: Tally) -> list[tuple[int, float]]:
    seconds = ((second, -place) for place, second in enumerate(tally.seconds) if second > 0)
    return [(-place, second) for second, place in heapq.nlargest(SLOWEST, seconds)]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        points=_points,
        hundredths=points,
        signed=signed,
        clean=clean,
        address=lambda name: f"{quote(name, safe='')}/report.html",
        percent=lambda fraction: "–" if math.isnan(fraction) else f"{100 * fraction:.0f} %",
        output=_restyled,
    )
    return environment


@cache
def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


@cache
def _policy(style: str, script: str = "") -> str:
    """A Content-Security-Policy that permits these two, by their hashes, and nothing else."""
    rules = [f"default-src 'none'; style-src {_hash(style)}"]
    rules += [f"script-src {_hash(script)}"] if script else []
    return "; ".join([*rules, "base-uri 'none'; form-action 'none'"])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _restyled(output: str) -> Markup:
    """Take the styles out of what `autograder.report.blocks` wrote: the page has its own, and permits no other."""
    for style, name in CLASSES.items():
        output = output.replace(f' style="{style}"', f' class="{name}"' if name else "")
    return Markup(output)


@cache
def _titles() -> dict[str, str]:
    return {row["question"]: row["title"] for row in questions()}


def _sum(outcomes: list[Outcome], of: str) -> str:
    return points(sum(getattr(outcome, of) for outcome in outcomes))


def _points(value: float) -> str:
    return "–" if math.isnan(value) else points(round(100 * value))
