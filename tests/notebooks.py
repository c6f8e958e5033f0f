"""Students' notebooks: made of a few cells, or a released one in which a folder's functions stand in the functions' cells."""

import ast
import json
import re
from pathlib import Path
from typing import Any

from autograder.homework import FUNCTIONS, MODULES


def notebook_of(*cells: object, **more: object) -> bytes:
    """A notebook of code cells, each given by its text or a list of lines; a cell given by a dict is what it says."""
    made = [cell if isinstance(cell, dict) else {"cell_type": "code", "source": cell} for cell in cells]
    return json.dumps({"cells": made, "nbformat": 4, **more}).encode()


def student_notebook(released: bytes, answers: Path) -> dict[str, Any]:
    """Fill the cells of the functions, as a student does who pastes modules into a released notebook.

    A module is cut behind each function of the homework, and each piece goes into the cell of its function: imports, constants
    and helpers stay where they were. A function that the module lacks keeps its stub. A module that is not Python goes into
    the cell of its first function, and the stubs of the others stay.

    Parameters
    ----------
    released : bytes
        A notebook as students receive it, of whatever platform: the cell of a function is the one that defines it.
    answers : Path
        Folder with ``softmax.py`` and ``distances.py``, or one of them.

    Returns
    -------
    notebook : dict
        To be changed further, and written with `json.dumps`.
    """
    notebook: dict[str, Any] = json.loads(released)
    for module in MODULES:
        if (answers / f"{module}.py").is_file():
            for name, text in pieces((answers / f"{module}.py").read_bytes(), module).items():
                cell_of(notebook, name)["source"] = text
    return notebook


def cell_of(notebook: dict[str, Any], function: str) -> dict[str, Any]:
    """Find the code cell that defines a function."""
    found = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and f"def {function}(" in text_of(cell)]
    assert len(found) == 1, f"{len(found)} cells define {function}"
    return found[0]


def text_of(cell: dict[str, Any]) -> str:
    """Text of a cell, whichever of the two ways it is written down."""
    return "".join(cell["source"])


def marked(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells that nbgrader knows."""
    return [cell for cell in notebook["cells"] if "nbgrader" in cell["metadata"]]


def pieces(source: bytes, module: str) -> dict[str, str]:
    """Cut a module behind each function of the homework; what follows the last one belongs to it."""
    text = re.sub(r"\r\n?", "\n", source.decode("utf-8-sig", errors="replace"))
    names = [name for name, home in FUNCTIONS.items() if home == module]
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {names[0]: text}
    ends = {node.end_lineno or 0: node.name for node in body if isinstance(node, ast.FunctionDef) and node.name in names}
    lines = text.split("\n")
    starts = [0, *sorted(ends)][:-1]
    cut = {ends[end]: "\n".join(lines[start:end]).strip("\n") for start, end in zip(starts, sorted(ends))}
    if cut and (rest := "\n".join(lines[max(ends) :]).strip("\n")):
        cut[ends[max(ends)]] += f"\n\n\n{rest}"
    return cut or {names[0]: text}
