"""Mutants of the reference: each is a module of it with one small mistake, as students make them."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, TypeVar

from autograder.release.stubs import SOLUTION

Node = TypeVar("Node", bound=ast.AST)

OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add, ast.Pow),
    ast.Div: (ast.Mult, ast.FloorDiv, ast.Sub),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}  # what may be written in the place of an operator
COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
COMMUTATIVE = ("maximum", "minimum", "result_type")
RELATED = {
    "max": ("min", "mean"),
    "sum": ("mean", "max"),
    "mean": ("sum", "max"),
    "exp": ("expm1", "exp2"),
    "log": ("log1p", "log2"),
    "zeros": ("ones",),
    "zeros_like": ("ones_like",),
    "diag": ("tril",),
    "outer": ("multiply", "inner"),
    "maximum": ("minimum",),
    "float64": ("float32",),
    "floating": ("integer",),
}  # the same of numpy's functions and types


@dataclass(frozen=True)
class Mutant:
    """A module of the reference with one change.

    Parameters
    ----------
    function, module : str
        Where the change is.
    change : str
        The lines before and after, without their places: as in ``s = np.exp(z) -> s = np.expm1(z)``.
    source : str
        The module as it is then.
    """

    function: str
    module: str
    change: str
    source: str

    @property
    def id(self) -> str:
        """Unique, and the same when lines move."""
        return f"{self.function}: {self.change}"


def mutants(source: str, module: str) -> list[Mutant]:
    """Make all mutants of a module: one change in what stands between BEGIN SOLUTION and END SOLUTION.

    Parameters
    ----------
    source : str
        The module with its markers.
    module : str
        Its name.

    Returns
    -------
    mutants : list of Mutant
        Pairwise different, and different from the source; all compile.
    """
    solution, lines = _solution_lines(source), source.splitlines()
    found: list[Mutant] = []
    for function in ast.parse(source).body:
        if not isinstance(function, ast.FunctionDef):
            continue
        original = ast.unparse(function)
        texts, names = {original}, Counter[str]()
        for place, statement in enumerate(function.body):
            for changed in _one_change(statement) if statement.lineno in solution else ():
                text = ast.unparse(_with(function, body=_put(function.body, place, changed)))
                if text in texts or not _compiles(text):
                    continue
                texts.add(text)
                change = _difference(original, text)
                names[change] += 1  # the same line may stand in the function twice
                number = f" #{names[change]}" if names[change] > 1 else ""
                module_text = "\n".join([*lines[: function.lineno - 1], text, *lines[function.end_lineno :], ""])
                found.append(Mutant(function.name, module, change + number, module_text))
    return found


def _solution_lines(source: str) -> set[int]:
    """Numbers of the lines between the markers."""
    spans = [(source.count("\n", 0, match.start()) + 1, match.group().count("\n")) for match in SOLUTION.finditer(source)]
    return {line for first, count in spans for line in range(first, first + count)}


def _one_change(node: ast.AST) -> Iterator[ast.AST]:
    """Copies of a node that each have one change, in the node itself or below it."""
    yield from _changes(node)
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield from (_with(node, **{name: changed}) for changed in _one_change(value))
        elif isinstance(value, list):
            for place, item in enumerate(value):
                yield from (_with(node, **{name: _put(value, place, changed)}) for changed in _one_change(item))


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of a node by mistake."""
    match node:
        case ast.BinOp(left, operator, right):
            yield from (left, right)
            yield from (ast.BinOp(left, other(), right) for other in OPERATORS.get(type(operator), ()))
            if not isinstance(operator, (ast.Add, ast.Mult)):
                yield ast.BinOp(right, operator, left)
            if isinstance(operator, ast.MatMult):
                yield from (ast.BinOp(_turned(left), operator, right), ast.BinOp(left, operator, _turned(right)))
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Compare(left, [_], comparators):
            yield from (ast.Compare(left, [other()], comparators) for other in COMPARISONS)
        case ast.IfExp(test, body, orelse):
            yield from (body, orelse, ast.IfExp(test, orelse, body))
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value)):
            yield from map(ast.Constant, (0, 1, value + 1))
        case ast.Constant(float(value)):
            yield from map(ast.Constant, (0.0, 1.0, value + 1, value / 2))
        case ast.Attribute(value, name):
            yield from (ast.Attribute(value, other) for other in RELATED.get(name, ()))
            if name == "T":
                yield value
        case ast.Call(function, arguments, keywords):
            if isinstance(function, ast.Attribute) and ast.unparse(function.value) != "np":
                yield function.value  # A.astype(dtype), a.copy()
            elif arguments:
                yield arguments[0]
            if len(arguments) == 2 and getattr(function, "attr", "") not in COMMUTATIVE:
                yield ast.Call(function, arguments[::-1], keywords)
            for place in range(len(keywords)):
                yield ast.Call(function, arguments, [*keywords[:place], *keywords[place + 1 :]])
        case ast.Subscript(value, index):
            yield value
            yield from (ast.Subscript(value, other) for other in _other_indices(index))
        case ast.Assign([target], value):
            yield ast.Pass()
            if isinstance(value, ast.BinOp):
                yield _with(node, value=ast.UnaryOp(ast.USub(), value))
            if _is_matrix(target):
                yield _with(node, value=ast.Attribute(value, "T"))
        case ast.AugAssign(target, operator, value):
            yield from (ast.Pass(), ast.Assign([target], value, lineno=node.lineno))
            yield from (_with(node, op=other()) for other in OPERATORS.get(type(operator), ()))
        case ast.If():
            yield from (ast.Pass(), _with(node, test=ast.Constant(True)))
        case ast.For():
            yield ast.Pass()
        case ast.Return(ast.Tuple(elements)):
            yield from (ast.Return(element) for element in elements)
            for place, element in enumerate(elements):
                yield ast.Return(ast.Tuple(_put(elements, place, ast.UnaryOp(ast.USub(), element))))
                yield ast.Return(ast.Tuple([*elements[:place], *elements[place + 1 :]]))
                yield ast.Return(ast.Tuple(_put(elements, place, _turned(element))))
                if place:
                    yield ast.Return(ast.Tuple(_put(_put(elements, place, elements[place - 1]), place - 1, element)))
        case ast.Return(value) if value is not None:
            yield ast.Return(ast.UnaryOp(ast.USub(), value))


def _other_indices(index: ast.expr) -> Iterator[ast.expr]:
    match index:
        case ast.Name() | ast.Subscript():
            yield ast.Constant(0)
        case ast.Tuple(elements):
            yield ast.Tuple(elements[::-1])
            for place, element in enumerate(elements):
                if not isinstance(element, ast.Slice):
                    yield ast.Tuple(_put(elements, place, ast.Slice()))
                    yield ast.Tuple(_put(elements, place, ast.Constant(0)))


def _turned(node: ast.expr) -> ast.expr:
    """The transpose of a matrix that has a name."""
    return ast.Attribute(node, "T") if _is_matrix(node) else node


def _is_matrix(node: ast.expr) -> bool:
    """Whether a name is that of a matrix, as in W or dW: the transpose of a vector is the vector."""
    return isinstance(node, ast.Name) and node.id.removeprefix("d")[:1].isupper()


def _put(items: list[Any], place: int, item: ast.AST) -> list[Any]:
    return [*items[:place], item, *items[place + 1 :]]


def _with(node: Node, **fields: object) -> Node:
    """Copy a node with other values in some fields."""
    return ast.copy_location(type(node)(**{**dict(ast.iter_fields(node)), **fields}), node)


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def _difference(before: str, after: str) -> str:
    """The lines that differ, as ``before -> after``."""
    old, new = before.splitlines(), after.splitlines()
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new)))
    old, new = old[head:], new[head:]
    tail = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old[::-1], new[::-1])))
    return " -> ".join(" ".join(line.strip() for line in lines[: len(lines) - tail]) for lines in (old, new))
