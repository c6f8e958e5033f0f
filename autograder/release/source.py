"""The one source of page and notebooks, solutions/homework.py: the cells of an edition, with points and functions filled in."""

import ast
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import jupytext

from autograder.configuration import DEFAULT, Configuration
from autograder.homework import FUNCTIONS, PUBLIC_CHECKS, QUESTIONS, SOLUTIONS, TITLE, checks, checks_of, questions
from autograder.release import due
from autograder.release.stubs import LAST_MARK, strip, without_marks
from autograder.report.course import points, worth_of_checks, worth_of_questions
from public_checks.answers import listed

Edition = Literal["page", "files", "otter", "nbgrader"]  # assignment/README.md, and three notebooks
Text = Literal["stub", "solution", "marked"]  # of a function: as students receive it, whole, or whole between its marks

PLACEHOLDER = "*Your answer here.*"
WRITTEN_POINTS = 5  # of each written question, as solutions/written/ divides them, beyond those of the checks


@dataclass(frozen=True)
class Cell:
    """A cell of the homework.

    Parameters
    ----------
    id : str
        Unique and the same at every build.
    kind : str
        ``markdown`` or ``code``.
    source : str
        Its text.
    question : str
        As in ``q4``: this cell opens the question.
    slot : str
        The function that this cell holds.
    written : str
        As in ``w2``: this cell asks a written question, or takes the answer to one.
    checks : str
        As in ``q4``: this cell runs the public checks of the question.
    """

    id: str
    kind: str
    source: str
    question: str = ""
    slot: str = ""
    written: str = ""
    checks: str = ""


def cells(edition: Edition, configuration: Configuration = DEFAULT, functions: Text = "stub") -> list[Cell]:
    """Read the cells of an edition.

    Parameters
    ----------
    edition : str
        The page, or one of the notebooks.
    configuration : Configuration
        What questions and checks are worth, and when the homework is due.
    functions : str
        What the cells of functions hold: stubs, solutions, or solutions between their marks.

    Returns
    -------
    cells : list of Cell
        In order.
    """
    found: list[Cell] = []
    for number, cell in enumerate(_read(), start=1):
        if not _belongs(cell, edition):
            continue
        marks = {key: cell.metadata.get(key, "") for key in ("question", "slot", "written", "checks")}
        name, source = f"cell-{number}", _filled(cell.source)
        if source.startswith("# ") and cell.cell_type == "markdown":
            heading, _, rest = source.partition("\n\n")
            source = "\n\n".join(filter(None, [heading, due.line(configuration), rest]))
        if marks["question"]:
            name, source = marks["question"], _question(marks["question"], source, edition, configuration)
        if marks["slot"]:
            name, source = marks["slot"], _function(marks["slot"], functions)
        if marks["written"]:
            name = marks["written"]
        found.append(Cell(name, cell.cell_type, source, **marks))
        if marks["written"] and edition != "page":
            found.append(Cell(f"{name}-answer", "markdown", PLACEHOLDER, written=name))
    return found


def _belongs(cell: Any, edition: Edition) -> bool:
    """Whether an edition has a cell: the page takes prose alone, and a cell may name the editions that it is for."""
    if edition == "page" and cell.cell_type != "markdown":
        return False
    named = cell.metadata.get("only", "").split()
    return not named or edition in named or ("notebook" in named and edition != "page")


def _read() -> Iterator[Any]:
    """Cells as they are written; those of homework_*.py stand where homework.py has a cell for more questions."""
    for cell in jupytext.read(SOLUTIONS / "homework.py").cells:
        if cell.metadata.get("only") != "source":
            yield cell
        elif cell.metadata.get("place") == "more":
            for path in sorted(SOLUTIONS.glob("homework_*.py")):
                yield from jupytext.read(path).cells


def _filled(text: str) -> str:
    """Put what the tables say in the place of its name in double braces."""
    files: dict[str, list[str]] = {}
    for question, module in QUESTIONS.items():
        files.setdefault(f"`{module}.py`", []).append(question)
    facts = {
        "title": TITLE,
        "files": _listed(list(files)),
        "questions by file": "; ".join(f"{name}: {_listed(q)}" for name, q in files.items()),
    }
    for name, fact in facts.items():
        text = text.replace(f"{{{{{name}}}}}", fact)
    return text


def _listed(names: list[str]) -> str:
    """Names as a sentence has them; three questions or more in a row by the first and the last."""
    in_a_row = " ".join(names) in " ".join(QUESTIONS)
    if len(names) > 2 and in_a_row:
        return f"{names[0]} to {names[-1]}"
    return listed(names)


def _function(name: str, functions: Text) -> str:
    """Source of one function of the solutions."""
    text = (SOLUTIONS / f"{FUNCTIONS[name]}.py").read_text(encoding="utf-8")
    if functions == "stub":
        text = strip(text)
    elif functions == "solution":
        text = without_marks(text)
    node = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == name)
    lines = text.splitlines()
    end = node.end_lineno or node.lineno
    if lines[end : end + 1] == [f"    {LAST_MARK}"]:
        end += 1  # no statement of the function, but a line of it
    return "\n".join(lines[node.lineno - 1 : end])


def released(path: Path, configuration: Configuration) -> bytes:
    """Read a file as students receive it: a points table has the points of the course, all else is as it lies there."""
    if configuration.total_points is None or not path.match(f"{PUBLIC_CHECKS.name}/points*.csv"):
        return path.read_bytes()
    worth = worth_of_checks(configuration)
    text = io.StringIO()
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        writer = csv.DictWriter(text, rows.fieldnames or (), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "points": points(worth[row["id"]])} for row in rows)
    return text.getvalue().encode()


def _question(question: str, text: str, edition: Edition, configuration: Configuration) -> str:
    """Text of a question below its title, points and signature, above the table of its checks."""
    row = next(row for row in questions() if row["question"] == question)
    source = (SOLUTIONS / f"{QUESTIONS[question]}.py").read_text(encoding="utf-8")
    node = next(n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name == row["function"])
    most, worth = worth_of_questions(configuration)[question], worth_of_checks(configuration)
    signature = f"`{node.name}({ast.unparse(node.args)})`"
    if edition in ("page", "files"):
        signature += f" in `{row['module']}.py`"
    heading = f"## {question}. {row['title']} ({points(most)} points)\n\n{signature}"
    asked = [(checks()[name], points(worth[name])) for name in checks_of(question)]
    rows = [f"| {check.title} | {earns} | {check.seen} |" for check, earns in asked]
    table = "\n".join(["| check | points | |", "|---|---|---|", *rows]).replace("reg * sum(W**2)", "`reg * sum(W**2)`")
    return f"{heading}\n\n{text}\n\n{table}"
