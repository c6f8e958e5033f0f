"""A notebook as data: its code cells, parsed, without what only IPython understands, and its texts. Nothing is run."""

import ast
import builtins
import json
import re
import symtable
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from public_checks.reading import (
    HEADER,
    LINE_END,
    MARKER,
    MAX_CODE,
    Definition,
    Reading,
    Unreadable,
    bound,
    grader_has,
    imported,
    parse,
)
from public_checks.tables import FUNCTIONS

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
        The number that Jupyter shows in brackets after "Restart and Run All": empty code cells are not counted.
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


MAX_REMARKS = 3  # of one kind about a notebook
AT = re.compile(r"[ \t\f]*@")

CONSTANT_CALLS = frozenset({"finfo", "iinfo", "float", "int", "float32", "float64", "array", "log", "sqrt", "exp"})
# Expressions that run code of which nothing is known.
Runs = (ast.Call, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Await, ast.Yield, ast.YieldFrom)


def lift(notebook: Notebook, module: str) -> Reading:
    """Lift the answers to the questions of a module out of a notebook, with what they need and nothing else.

    Kept are definitions of functions and classes, imports, and constants: assignments of lambdas, or of expressions that call
    nothing. Of several definitions of a name the last one before its use counts, as when the notebook is run from top to
    bottom. What is defined under an ``if`` or ``try`` does not count.

    Parameters
    ----------
    notebook : Notebook
        The notebook.
    module : str
        ``softmax`` or ``distances``.

    Returns
    -------
    reading : Reading
        Its source has a header, and for each cell that something is kept of a marker and then the cell, line by line.
    """
    statements = [(cell, node) for cell in notebook.cells for node in cell.statements]
    kept, not_kept = _needed(statements, module)
    lines: dict[int, list[str]] = {}
    for index in sorted(kept):
        cell, node = statements[index]
        blank = lines.setdefault(cell.number, [""] * len(cell.lines))
        for line, part in _parts(cell, node):
            blank[line - 1] += f"; {part}" if blank[line - 1] else part
    text = [HEADER.format(notebook.name)]
    for number, filled in lines.items():
        text += [MARKER.format(notebook.name, number), *filled]

    broken = [cell for cell in notebook.cells if cell.problem]
    lost = {
        name: _why(notebook, cell)
        for cell in broken
        for name, home in FUNCTIONS.items()
        if home == module and re.search(rf"^[ \t]*def[ \t]+{name}\b", "\n".join(cell.lines), re.MULTILINE)
    }
    remarks = [f"Left out, since it cannot be read: {_why(notebook, cell)}." for cell in broken[:MAX_REMARKS]]
    if len(broken) > MAX_REMARKS:
        remarks.append(f"{len(broken) - MAX_REMARKS} more cells of {notebook.name} cannot be read.")
    remarks += [
        f"The answers use {shown(name)}, which cell {number} of {notebook.name} makes by running code;"
        " only functions, classes, imports and constants are taken over."
        for name, number in list(not_kept.items())[:MAX_REMARKS]
    ]
    return Reading(module, notebook.name, ("\n".join(text) + "\n").encode(), lost, tuple(remarks))


def _why(notebook: Notebook, cell: Cell) -> str:
    """Name the place where a cell cannot be read, and the reason."""
    assert cell.problem is not None
    line = f" line {cell.problem.line}" if cell.problem.line else ""
    return f"cell {cell.number}{line} of {notebook.name} ({cell.problem.words})"


def _needed(statements: Sequence[tuple[Cell, ast.stmt]], module: str) -> tuple[set[int], dict[str, int]]:
    """Choose the statements that a module's functions need; name what they use and cannot have, with the cell that makes it."""
    binders: dict[str, list[int]] = defaultdict(list)
    makers: dict[str, int] = {}
    for index, (cell, node) in enumerate(statements):
        for name in bound(node):
            if _can_be_kept(node, module):
                binders[name].append(index)
            else:
                makers[name] = cell.number
    kept: set[int] = set()
    not_kept: dict[str, int] = {}
    unknown = set()
    todo = [(name, len(statements)) for name, home in FUNCTIONS.items() if home == module]
    while todo:
        name, before = todo.pop()
        earlier = bisect_left(binders[name], before)
        index = binders[name][earlier - 1] if earlier else -1
        if index >= 0 and index not in kept:
            kept.add(index)
            now, later = _uses(*statements[index])
            todo += [(used, index) for used in now] + [(used, len(statements)) for used in later]
        elif index < 0 and name not in FUNCTIONS and name in makers:
            not_kept[name] = makers[name]
        elif index < 0 and name not in FUNCTIONS and not hasattr(builtins, name):
            unknown.add(name)
    for index in binders["*"]:
        node = statements[index][1]
        assert isinstance(node, ast.ImportFrom)
        if unknown or all(map(grader_has, imported(node))):
            kept.add(index)
    return kept, not_kept


def _can_be_kept(node: ast.stmt, module: str) -> bool:
    """Whether a statement of a notebook does nothing but define."""
    if isinstance(node, ast.ImportFrom):
        return node.module not in ("__future__", module)  # the first has its place at the top, the second is this very text
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = [part for target in targets for part in ast.walk(target)]
        plain = all(isinstance(part, (ast.Name, ast.Tuple, ast.List, ast.expr_context)) for part in parts)
        return plain and node.value is not None and _is_constant(node.value)
    return isinstance(node, (*Definition, ast.Import))


def _is_constant(value: ast.expr) -> bool:
    return isinstance(value, ast.Lambda) or not any(
        isinstance(part, Runs) and not (isinstance(part, ast.Call) and _called(part) in CONSTANT_CALLS)
        for part in ast.walk(value)
    )


def _called(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _uses(cell: Cell, node: ast.stmt) -> tuple[set[str], set[str]]:
    """Names that a statement looks up when it runs, and those that its functions look up when they are called."""
    table = symtable.symtable("\n".join(part for _, part in _parts(cell, node)), "answers", "exec")
    now = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    now |= bound(node) if isinstance(node, ast.AugAssign) else set()
    later: set[str] = set()
    inner = table.get_children()
    while inner:
        table = inner.pop()
        inner += table.get_children()
        found = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        later |= found
        now |= found if table.get_type() == "class" else set()
    return now, later


def _parts(cell: Cell, node: ast.stmt) -> Iterator[tuple[int, str]]:
    """The lines of a statement without its neighbours on the first and the last of them."""
    start, column = node.lineno, node.col_offset
    if isinstance(node, Definition) and node.decorator_list:
        start = min(decorator.lineno for decorator in node.decorator_list)
        while not (at := AT.match(cell.lines[start - 1])):
            start -= 1
        column = at.end() - 1
    end = node.end_lineno or start
    for line in range(start, end + 1):
        text = cell.lines[line - 1].encode()
        text = text[: node.end_col_offset] if line == end else text
        yield line, (text[column:] if line == start else text).decode()
