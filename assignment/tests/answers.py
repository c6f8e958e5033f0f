"""Find the answers in a student's files, as data: nothing is run.

Answers lie in softmax.py and distances.py, or in the cells of a notebook. What the notebook's answers need is lifted out of it
into one text for each module, in which every kept statement has its cell and line.
"""

import ast
import builtins
import csv
import json
import re
import symtable
import sys
import warnings
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

with Path(__file__).with_name("questions.csv").open(encoding="utf-8", newline="") as _table:
    _rows = list(csv.DictReader(_table))
QUESTIONS = {row["function"]: row["question"] for row in _rows}
FUNCTIONS = {row["function"]: row["module"] for row in _rows}
MODULES = tuple(dict.fromkeys(FUNCTIONS.values()))
GIVEN = ("digits", "gradient_check", "neighbours", "training")  # given modules that the grader has too
NOTEBOOK = "homework.ipynb"

MAX_MODULE = 1 << 20  # bytes of a module that is read: the longest of 324 real ones has 30 kB
MAX_NOTEBOOK = 20 << 20  # bytes of a notebook that is read: its outputs hold pictures
MAX_CODE = 1 << 18  # characters that are parsed: "x" on every line takes 220 MB
MAX_REMARKS = 3  # of one kind about a notebook

HEADER = "# The answers in {}, cell by cell"
MARKER = "# {}, cell {}"
LINE_END = re.compile(r"\r\n|\r|\n")  # Python's; str.splitlines has more
CELL_MAGIC = re.compile(r"%%(?!(?:time|timeit|capture)\b)")  # those three run the cell as it is
LINE_MAGIC = re.compile(r"[%!?]|[\w.]+\?\??\s*$|[\w., ]+=\s*[%!]")  # %magic, !command, ?name; name?; x = !command

Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Runs = (ast.Call, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Await, ast.Yield, ast.YieldFrom)


class Unreadable(Exception):
    """A text that is not Python, or a file that is not a notebook.

    Parameters
    ----------
    line : int
        Where; 0 if that is not known.
    words : str
        Why.
    """

    def __init__(self, line: int, words: str) -> None:
        super().__init__(f"line {line}: {words}" if line else words)
        self.line, self.words = line, words


@dataclass(frozen=True)
class Answer:
    """A function of the homework where it is defined.

    Parameters
    ----------
    line : int
        In its source.
    filled : bool
        Whether it is more than a stub.
    """

    line: int
    filled: bool


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


@dataclass(frozen=True)
class Reading:
    """The answers to the questions of one module, as one file has them.

    Parameters
    ----------
    module : str
        ``softmax`` or ``distances``.
    file : str
        Where they are: the module's file or the notebook.
    source : bytes
        Python: the module as it is, or what is lifted out of the notebook.
    lost : dict of str to str
        Functions that stand in a cell that cannot be read; where and why it cannot.
    remarks : tuple of str
        What is worth saying of the notebook, if it is the one that is chosen.
    """

    module: str
    file: str
    source: bytes
    lost: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @cached_property
    def _read(self) -> tuple[dict[str, Answer], str]:
        try:
            found = definitions(self.source)
        except Unreadable as problem:
            where = place(self.source, problem.line, self.file) if problem.line else self.file
            return {}, f"{where} ({problem.words})"
        return {name: answer for name, answer in found.items() if FUNCTIONS[name] == self.module}, ""

    @property
    def answers(self) -> dict[str, Answer]:
        """Functions of the module that are defined, stubs among them."""
        return self._read[0]

    @property
    def problem(self) -> str:
        """Where and why the source cannot be read; empty if it can."""
        return self._read[1]

    @property
    def absent(self) -> list[str]:
        """Functions of the module that are nowhere, not even in a cell that cannot be read."""
        known = {*self.answers, *self.lost}
        return [name for name, home in FUNCTIONS.items() if home == self.module and name not in known and not self.problem]

    @property
    def questions(self) -> list[str]:
        """The questions that are answered."""
        return [QUESTIONS[name] for name in QUESTIONS if name in self.answers and self.answers[name].filled]


@dataclass(frozen=True)
class Choice:
    """The files that count.

    Parameters
    ----------
    readings : dict of str to Reading
        By module; one that is nowhere is missing.
    remarks : tuple of str
        Sentences worth saying about the choice.
    notebook : Notebook or None
        The notebook, if there is one that can be read, whether it counts or not.
    """

    readings: dict[str, Reading]
    remarks: tuple[str, ...]
    notebook: Notebook | None

    @property
    def sources(self) -> dict[str, bytes]:
        """Source of each module by its name."""
        return {module: reading.source for module, reading in self.readings.items()}


def choose(files: Mapping[str, bytes]) -> Choice:
    """Choose the file that counts for each module.

    The module's file counts if it answers anything; else the notebook, if that does; else the module's file as it is, and
    the notebook only where there is no such file. What cannot be read is taken for an answer, so that its author sees why it
    cannot, but only where nothing can be read that answers.

    Parameters
    ----------
    files : mapping of str to bytes
        Modules and at most one notebook, by file name.

    Returns
    -------
    choice : Choice
        Whatever is in the files.
    """
    remarks, notebook = [], None
    for name in files:
        if name.lower().endswith(".ipynb"):
            try:
                notebook = read_notebook(files[name], name)
            except Unreadable as problem:
                remarks.append(f"{shown(name)} cannot be read: {problem}.")
    readings = {}
    for module in MODULES:
        file = f"{module}.py"
        mine = Reading(module, file, files[file]) if file in files else None
        lifted = lift(notebook, module) if notebook else None
        found = [reading for reading in (mine, lifted) if reading]
        if not found:
            continue
        # The first of equals is the module's file.
        chosen = readings[module] = max(found, key=lambda r: (bool(r.questions), bool(r.problem or r.lost)))
        if mine and lifted and lifted.questions and chosen is mine:
            remarks.append(
                f"{file} is graded, since it answers {listed(mine.questions)};"
                f" what {lifted.file} answers ({listed(lifted.questions)}) is not."
            )
        elif mine and mine.problem and chosen is lifted:
            remarks.append(f"{mine.problem} cannot be read, so the answers in {lifted.file} are graded.")
        if chosen is lifted:
            remarks += [remark for remark in lifted.remarks if remark not in remarks]
            if lifted.absent:
                remarks.append(f"{lifted.file} has no {listed(lifted.absent)}.")
    if missing := [f"{module}.py" for module in MODULES if module not in readings]:
        remarks.append(f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing.")
    return Choice(readings, tuple(remarks), notebook)


def definitions(source: str | bytes) -> dict[str, Answer]:
    """Find the functions of the homework that a module defines at its top level, the last definition of each.

    Parameters
    ----------
    source : str or bytes
        A module, in any encoding that Python reads.

    Returns
    -------
    found : dict of str to Answer
        By name.

    Raises
    ------
    Unreadable
        It is not Python.
    """
    found = {}
    for statement in parse(source).body:
        if isinstance(statement, (*Definition, ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)):
            stub = isinstance(statement, (ast.Import, ast.ImportFrom)) or _is_stub(statement)
            found.update({name: Answer(statement.lineno, not stub) for name in _bound(statement) if name in FUNCTIONS})
    return found


def absent_imports(source: bytes) -> dict[str, int]:
    """Find imports of what the grader does not have.

    Parameters
    ----------
    source : bytes
        A module that can be read.

    Returns
    -------
    imports : dict of str to int
        Name of each such module, and the line of its first import.
    """
    found: dict[str, int] = {}
    for node in ast.walk(parse(source)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in _imported(node):
                if not _is_there(name):
                    found.setdefault(name, node.lineno)
    return found


def parse(source: str | bytes) -> ast.Module:
    """Parse Python; raise Unreadable, whatever is wrong with it."""
    if len(source) > MAX_CODE:
        raise Unreadable(0, f"it has more than {MAX_CODE >> 10} KiB of code")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # First: it refuses what is nested so deeply that ast.parse takes Python 3.10 down.
            symtable.symtable(source, "answers", "exec")  # type: ignore[arg-type, unused-ignore]
            return ast.parse(source)
    except SyntaxError as error:
        raise Unreadable(error.lineno or 0, str(error.msg)) from None
    except (RecursionError, MemoryError):
        raise Unreadable(0, "it is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(0, str(error)) from None


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
        f"The answers use {name}, which cell {number} of {notebook.name} makes by running code;"
        " only functions, classes, imports and constants are taken over."
        for name, number in list(not_kept.items())[:MAX_REMARKS]
    ]
    return Reading(module, notebook.name, ("\n".join(text) + "\n").encode(), lost, tuple(remarks))


def origin(source: bytes, file: str) -> str:
    """Name the notebook that a source is lifted from, or the file that it is."""
    found = re.match(re.escape(HEADER).replace(r"\{\}", r"([\w .()-]{1,60})") + "\n", source.decode(errors="replace"))
    return found[1] if found else file


def place(source: bytes, line: int, file: str) -> str:
    """Say where a line of a source is.

    Parameters
    ----------
    source : bytes
        Of a reading.
    line : int
        From 1.
    file : str
        The module's file, as in ``softmax.py``.

    Returns
    -------
    words : str
        ``softmax.py line 9``, or ``cell 7 line 3 of homework.ipynb``.
    """
    notebook = origin(source, "")
    if notebook:
        marker = re.compile(re.escape(MARKER.format(notebook, "")) + r"(\d{1,6})$")
        lines = LINE_END.split(source.decode(errors="replace"))[:line]
        for above, text in enumerate(reversed(lines)):
            if found := marker.match(text):
                return f"cell {found[1]} line {above} of {notebook}"
    return f"{file} line {line}"


def shown(name: str) -> str:
    """Make the name of a file fit to be shown, and to stand in a comment."""
    return re.sub(r"[^\w .()-]", "_", name)[-60:]


def listed(words: Sequence[str]) -> str:
    """Join words as in «q1, q2 and q3»."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


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
        for name in _bound(node):
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
        if unknown or all(map(_is_there, _imported(node))):
            kept.add(index)
    return kept, not_kept


def _bound(node: ast.stmt) -> set[str]:
    """Names that a statement binds at the top level."""
    if isinstance(node, Definition):
        return {node.name}
    names = set()
    for child in ast.walk(node):
        if isinstance(child, Definition):
            names.add(child.name)
        elif isinstance(child, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in child.names}
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            names.add(child.id)
    return names


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
    return isinstance(value, ast.Lambda) or not any(isinstance(part, Runs) for part in ast.walk(value))


def _uses(cell: Cell, node: ast.stmt) -> tuple[set[str], set[str]]:
    """Names that a statement looks up when it runs, and those that its functions look up when they are called."""
    table = symtable.symtable("\n".join(part for _, part in _parts(cell, node)), "answers", "exec")
    now = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    now |= _bound(node) if isinstance(node, ast.AugAssign) else set()
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
        start, column = min(decorator.lineno for decorator in node.decorator_list), 0
        while not cell.lines[start - 1].startswith("@"):
            start -= 1
    end = node.end_lineno or start
    for line in range(start, end + 1):
        text = cell.lines[line - 1].encode()
        text = text[: node.end_col_offset] if line == end else text
        yield line, (text[column:] if line == start else text).decode()


def _is_stub(node: ast.stmt) -> bool:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    body = [
        part
        for part in node.body
        if not isinstance(part, ast.Pass) and not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
    ]
    if len(body) == 1 and isinstance(body[0], ast.Raise):
        raised = body[0].exc.func if isinstance(body[0].exc, ast.Call) else body[0].exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return not body


def _imported(node: ast.Import | ast.ImportFrom) -> Iterable[str]:
    """Names of the modules that a statement imports."""
    if isinstance(node, ast.ImportFrom):
        return [f"{'.' * node.level}{node.module or ''}"]
    return [alias.name for alias in node.names]


def _is_there(name: str) -> bool:
    """Whether the grader has a module."""
    return name.partition(".")[0] in {"numpy", *GIVEN, *MODULES, *sys.stdlib_module_names}
