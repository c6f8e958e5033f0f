"""A student's source as data: what it defines, what it imports, and where each of its lines comes from. Nothing is run."""

import ast
import re
import symtable
import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.machinery import ModuleSpec, PathFinder

from public_checks.tables import FUNCTIONS, MODULES, QUESTION_OF

GIVEN = ("digits", "gradient_check", "neighbours", "training")  # given modules that the grader has too

NOT_OF_NUMPY = frozenset(
    ["__main__", "_distutils", "_pyinstaller", "conftest", "distutils", "mypy_plugin", "tests"]
)  # parts of numpy that the grader lacks: its tests, and what needs a compiler, pytest or mypy

MAX_WORDS = 100  # characters of a reason: Python's own can quote a name of any length
MAX_CODE = 1 << 18  # characters that are parsed: "x" on every line takes 220 MB

HEADER = "# The answers in {}, cell by cell"
MARKER = "# {}, cell {}"
LINE_END = re.compile(r"\r\n|\r|\n")  # Python's; str.splitlines has more

Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


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
        words = "".join(letter if letter.isprintable() else " " for letter in words[:MAX_WORDS])
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
        return [question for name, question in QUESTION_OF.items() if name in self.answers and self.answers[name].filled]


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
            stub = isinstance(statement, (ast.Import, ast.ImportFrom)) or is_stub(statement)
            found.update({name: Answer(statement.lineno, not stub) for name in bound(statement) if name in FUNCTIONS})
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
            for name in imported(node):
                if not grader_has(name):
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


def origin(source: bytes, file: str) -> str:
    """Name the notebook that a source is lifted from, or the file that it is."""
    found = re.match(re.escape(HEADER).replace(r"\{\}", r"([\w .()-]{1,60}\.ipynb)") + "\n", source.decode(errors="replace"))
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


def bound(node: ast.stmt) -> set[str]:
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


def imported(node: ast.Import | ast.ImportFrom) -> Iterable[str]:
    """Names of the modules that a statement imports."""
    if isinstance(node, ast.ImportFrom):
        return [f"{'.' * node.level}{node.module or ''}"]
    return [alias.name for alias in node.names]


def grader_has(name: str) -> bool:
    """Whether the grader has a module."""
    top, _, below = name.partition(".")
    if top == "numpy" and below:
        return numpy_has(below.split("."))
    return top in {"numpy", *GIVEN, *MODULES, *sys.stdlib_module_names}


def numpy_has(parts: list[str]) -> bool:
    """Whether the numpy that is installed here has a module, such as `lib.scimath`.

    numpy 2 lacks some modules of numpy 1, such as `numpy.lib.function_base`. Nothing is imported.
    """
    spec = numpys_spec()
    if spec is None or not NOT_OF_NUMPY.isdisjoint(parts):
        return spec is None  # without numpy, nothing is known of its parts
    for part in parts:
        path = spec.submodule_search_locations
        spec = PathFinder.find_spec(part, path) if path else None
        if spec is None or spec.loader is None:  # a folder of data has no loader
            return False
    return True


@cache
def numpys_spec() -> ModuleSpec | None:
    """Where numpy is."""
    return PathFinder.find_spec("numpy")


def is_stub(node: ast.stmt) -> bool:
    """Whether a statement is a function that does nothing yet, or raises NotImplementedError and nothing else."""
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
