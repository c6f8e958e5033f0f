"""Notebooks for nbgrader: what students handed in, read as data, and put together with the cells that nbgrader knows."""

# mypy: disable-error-code="no-untyped-call, no-any-return, import-untyped"

import json
import re
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.homework import questions

LOST = "*This cell was not in the notebook that was handed in. The answer may stand in another one.*"
IMAGES = ("image/png", "image/jpeg", "image/gif")
TAG = re.compile(r"<(?=[a-zA-Z/!?])")  # in text: a script would act in the name of whoever reads it in the formgrader
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


@dataclass(frozen=True)
class Given:
    """What counts of a cell as a student left it.

    Parameters
    ----------
    kind : str
        ``code`` or ``markdown``.
    text : str
        Its text, fit to be written to a file.
    id : str
        The one that nbgrader gave it; empty if it has none.
    pictures : dict
        Those pasted into its text, as nbformat attaches them.
    """

    kind: str
    text: str
    id: str = ""
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)


def read_cells(content: bytes) -> list[Given]:
    """Read the cells of a notebook of nbformat 4, or 3; there are none in what is not a notebook."""
    try:
        tree = json.loads(content, parse_int=float)  # an integer of a million digits would take a minute
    except (ValueError, RecursionError, MemoryError):
        return []
    raw = _list(tree, "cells") or [cell for sheet in _list(tree, "worksheets") for cell in _list(sheet, "cells")]
    return [_given(cell) for cell in raw if isinstance(cell, dict)]


def rebuild(given: list[Given], masters: dict[str, NotebookNode]) -> NotebookNode:
    """Make a notebook that nbgrader can grade out of the cells that a student handed in.

    Of cells with the same id, the last one counts that says something of its own. Cells that take points and are missing are
    put back; that of a written question then asks for a look by hand.

    Parameters
    ----------
    given : list of Given
        In their order, which is kept.
    masters : dict of str to NotebookNode
        The cells that nbgrader knows, by id, in the order of the homework.

    Returns
    -------
    notebook : NotebookNode
        Valid, without outputs.
    """
    counts: dict[str, int] = {}
    for place, cell in enumerate(given):
        if cell.id in masters and (cell.id not in counts or cell.text != masters[cell.id].source):
            counts[cell.id] = place
    made = []
    for place, cell in enumerate(given):
        if counts.get(cell.id) == place:
            master = masters[cell.id]
            made.append(_like(master, master.source if master.metadata.nbgrader.locked else cell.text, cell.pictures))
        else:
            made.append(_cell(cell.kind, cell.text, cell.pictures))
    before = 0
    for name, master in masters.items():
        here = [place for place, cell in enumerate(made) if cell.metadata.get("nbgrader", {}).get("grade_id") == name]
        if not here and master.metadata.nbgrader.grade:
            made.insert(before, _like(master, LOST if master.metadata.nbgrader.solution else master.source))
            here = [before]
        before = here[0] + 1 if here else before
    for place, copy in enumerate(made):
        copy.id = f"cell-{place}"
    return nbformat.v4.new_notebook(cells=made, metadata={"language_info": {"name": "python"}})


def masters_of(notebook: Any) -> dict[str, NotebookNode]:
    """Make the cells of a notebook as the gradebook has them, by id, in the order of the homework."""
    worth = {cell.name: cell.max_score for cell in (*notebook.grade_cells, *notebook.task_cells)}
    solutions = {cell.name for cell in notebook.solution_cells}
    tasks = {cell.name for cell in notebook.task_cells}
    order = [name for row in questions() for name in (row["function"], f'check("{row["question"]}")')]

    def place(cell: Any) -> tuple[int, str]:
        names = cell.name, cell.source.partition("\n")[0]
        return next((k for k, name in enumerate(order) if name in names), len(order)), cell.name

    masters = {}
    for cell in sorted(notebook.source_cells, key=place):
        made = _cell(cell.cell_type, cell.source)
        made.metadata.nbgrader = NotebookNode(
            {"grade_id": cell.name, "cell_type": cell.cell_type, "checksum": cell.checksum, "schema_version": 3}
            | {"grade": cell.name in worth and cell.name not in tasks, "task": cell.name in tasks}
            | {"solution": cell.name in solutions, "locked": cell.locked}
            | ({"points": worth[cell.name]} if cell.name in worth else {})
        )
        masters[cell.name] = made
    return masters


def _like(master: NotebookNode, text: str, pictures: dict[str, dict[str, str]] | None = None) -> NotebookNode:
    made = _cell(master.cell_type, text, pictures)
    made.metadata.nbgrader = NotebookNode(master.metadata.nbgrader)
    return made


def _cell(kind: str, text: str, pictures: dict[str, dict[str, str]] | None = None) -> NotebookNode:
    if kind == "code":
        return nbformat.v4.new_code_cell(text)
    return nbformat.v4.new_markdown_cell(text, **({"attachments": pictures} if pictures else {}))


def _given(cell: dict[str, Any]) -> Given:
    """Take what counts of a cell; whatever is of a wrong type is not there."""
    text = cell.get("source", cell.get("input"))
    parts = text if isinstance(text, list) else [text]
    joined = "".join(part for part in parts if isinstance(part, str)).encode(errors="replace").decode()
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    attached = cell.get("attachments")
    pictures = {
        shown: {
            kind: data for kind, data in kinds.items() if kind in IMAGES and isinstance(data, str) and BASE64.fullmatch(data)
        }
        for shown, kinds in (attached.items() if isinstance(attached, dict) else ())
        if isinstance(kinds, dict)
    }
    kind = "code" if cell.get("cell_type") == "code" else "markdown"
    if kind == "markdown":
        joined = TAG.sub("< ", joined)
    return Given(kind, joined, name if isinstance(name, str) else "", pictures)


def _list(tree: Any, key: str) -> list[Any]:
    value = tree.get(key) if isinstance(tree, dict) else None
    return value if isinstance(value, list) else []
