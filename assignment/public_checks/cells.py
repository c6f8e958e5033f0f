"""A notebook as data: its code cells, parsed, without what only IPython understands, and its texts. Nothing is run."""

import ast
import json
import re
from dataclasses import dataclass
from typing import Any

from public_checks.reading import LINE_END, MAX_CODE, Unreadable, parse

NOTEBOOK = "homework.ipynb"
MAX_VALUES = 1 << 21  # of a notebook, pictures and tables in it: "{}," twenty million times would take 700 MB
CELL_MAGIC = re.compile(r"%%(?!(?:time|timeit|capture)\b)")  # those three run the cell as it is
LINE_MAGIC = re.compile(r"[%!?]|[\w.]+\?\??\s*$|[\w., ]+=\s*[%!]")  # %magic, !command, ?name; name?; x = !command


@dataclass(frozen=True)
class Cell:
    """A code cell of a notebook.

    Parameters
    ----------
    number : int
        What Jupyter shows in brackets after «Restart and Run All»: the place among the code cells that are not empty.
    lines : tuple of str
        Its text, with ``pass`` in the place of what only IPython understands.
    statements : tuple of ast.stmt
        Its text once more; empty where it cannot be read.
    problem : Unreadable or None
        Why it cannot be read.
    """

    number: int
    lines: tuple[str, ...]
    statements: tuple[ast.stmt, ...] = ()
    problem: Unreadable | None = None


@dataclass(frozen=True)
class Notebook:
    """A notebook.

    Parameters
    ----------
    name : str
        Of the file, without any character that could mean something to a reader.
    cells : tuple of Cell
        Its code.
    texts : dict of str to str
        The text of every cell that has an id.
    """

    name: str
    cells: tuple[Cell, ...]
    texts: dict[str, str]


def read_notebook(content: bytes, name: str = NOTEBOOK) -> Notebook:
    """Read a notebook of nbformat 4, or 3.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name.

    Returns
    -------
    notebook : Notebook
        With the cells that cannot be read.

    Raises
    ------
    Unreadable
        It is not a notebook.
    """
    if sum(map(content.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise Unreadable(0, "it holds too many values; clear the outputs of its cells")
    try:
        tree = json.loads(content, parse_int=float)  # an integer of a million digits would take a minute
    except (ValueError, RecursionError, MemoryError) as error:
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable(0, f"it is not a notebook, since it is not JSON{where}") from None
    raw = _list(tree, "cells") or [cell for sheet in _list(tree, "worksheets") for cell in _list(sheet, "cells")]
    if not raw:
        raise Unreadable(0, "it is not a notebook, or one without cells")
    texts, codes = {}, []
    for cell in raw:
        if isinstance(cell, dict):
            text = cell.get("source", cell.get("input"))
            parts = text if isinstance(text, list) else [text]
            text = "".join(part for part in parts if isinstance(part, str))
            if isinstance(cell.get("id"), str):
                texts[cell["id"]] = text
            if cell.get("cell_type") == "code" and text.strip():
                codes.append(text)
    if sum(map(len, codes)) > MAX_CODE:
        raise Unreadable(0, f"it has more than {MAX_CODE >> 10} KiB of code")
    return Notebook(shown(name), tuple(_read_cell(number, text) for number, text in enumerate(codes, 1)), texts)


def shown(name: str) -> str:
    """Make the name of a file fit to be shown, and to stand in a comment."""
    return re.sub(r"[^\w .()-]", "_", name)[-60:]


def _list(tree: Any, key: str) -> list[Any]:
    value = tree.get(key) if isinstance(tree, dict) else None
    return value if isinstance(value, list) else []


def _read_cell(number: int, text: str) -> Cell:
    lines = LINE_END.split(text)
    first = next(index for index, line in enumerate(lines) if line.strip())
    if CELL_MAGIC.match(lines[first]):
        return Cell(number, ("",) * len(lines))
    if lines[first].startswith("%%"):
        lines[first] = ""
    # What stands like magic in an expression or a docstring is none.
    for attempt in (lines, [_without_magic(line) for line in lines]):
        try:
            return Cell(number, tuple(attempt), tuple(parse("\n".join(attempt)).body))
        except Unreadable as error:
            problem = error
    return Cell(number, tuple(lines), problem=problem)


def _without_magic(line: str) -> str:
    code = line.lstrip()
    return line[: len(line) - len(code)] + "pass" if LINE_MAGIC.match(code) else line
