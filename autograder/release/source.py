"""The handout's one source, solutions/homework.py, read as cells whose headings, points and functions are filled in."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jupytext

from autograder.homework import FUNCTIONS, QUESTIONS, SOLUTIONS, checks, questions
from autograder.release.stubs import strip

PLACEHOLDER = "*Your answer here.*"
WRITTEN_POINTS = 5  # of each written question, as solutions/written.md divides them, beyond the 100 of the checks


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
    only : str
        ``handout`` or ``notebook`` where only that one has it.
    question : str
        As in ``q4``: this cell opens the question.
    slot : str
        The function that this cell holds.
    written : str
        As in ``w2``: this cell asks a written question, or takes the answer to one.
    """

    id: str
    kind: str
    source: str
    only: str = ""
    question: str = ""
    slot: str = ""
    written: str = ""


def cells(*, solved: bool = False) -> list[Cell]:
    """Read the source.

    Parameters
    ----------
    solved : bool
        Whether the functions hold the reference's answers.

    Returns
    -------
    cells : list of Cell
        In order.
    """
    found: list[Cell] = []
    for number, cell in enumerate(_read(), start=1):
        marks = {key: cell.metadata.get(key, "") for key in ("only", "question", "slot", "written")}
        name, source = f"cell-{number}", cell.source
        if marks["question"]:
            name, source = marks["question"], f"{_heading(marks['question'])}\n\n{source}\n\n{_points(marks['question'])}"
        if marks["slot"]:
            name, source = marks["slot"], _function(marks["slot"], solved=solved)
        if marks["written"]:
            name = marks["written"]
        found.append(Cell(name, cell.cell_type, source, **marks))
        if marks["written"]:
            found.append(Cell(f"{name}-answer", "markdown", PLACEHOLDER, only="notebook", written=name))
    return found


def _read() -> Iterator[Any]:
    """Cells as they are written; those of homework_*.py stand where homework.py has a cell for more questions."""
    for cell in jupytext.read(SOLUTIONS / "homework.py").cells:
        if cell.metadata.get("only") != "source":
            yield cell
        elif cell.metadata.get("place") == "more":
            for path in sorted(SOLUTIONS.glob("homework_*.py")):
                yield from jupytext.read(path).cells


def _function(name: str, *, solved: bool) -> str:
    """Source of one function of the solutions, as students receive it or whole."""
    source = (SOLUTIONS / f"{FUNCTIONS[name]}.py").read_text(encoding="utf-8")
    text = re.sub(r"^ *# (BEGIN|END) SOLUTION\n", "", source, flags=re.MULTILINE) if solved else strip(source)
    node = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == name)
    return "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno])


def _heading(question: str) -> str:
    """Title, points and signature of a question."""
    row = next(row for row in questions() if row["question"] == question)
    source = (SOLUTIONS / f"{QUESTIONS[question]}.py").read_text(encoding="utf-8")
    node = next(n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name == row["function"])
    worth = sum(check.points for check in checks().values() if check.question == question)
    signature = f"{node.name}({ast.unparse(node.args)})"
    return f"## {question}. {row['title']} ({worth:g} points)\n\n`{signature}` in `{row['module']}.py`"


def _points(question: str) -> str:
    """Table of the checks of a question."""
    rows = [f"| {check.title} | {check.points:g} | {check.seen} |" for check in checks().values() if check.question == question]
    return "\n".join(["| check | points | |", "|---|---|---|", *rows]).replace("reg * sum(W**2)", "`reg * sum(W**2)`")
