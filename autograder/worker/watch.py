"""Make loops visible that C runs over Python's objects: `sum` over an array is a loop in disguise that executes no bytecode.

Each of these callables is replaced, wherever a module holds it, by one that draws its items through a generator, so that every
item costs interpreter steps. Results do not change, but `map` and other types become functions. The other way round, a loop of
numpy's own dispatch is taken out: it is none of the answer's.
"""

import builtins
import functools
import itertools
import math
import operator
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

ITEMS_AT = {
    (builtins, "sum"): slice(0, 1),
    (builtins, "any"): slice(0, 1),
    (builtins, "all"): slice(0, 1),
    (builtins, "sorted"): slice(0, 1),
    (builtins, "map"): slice(1, None),
    (builtins, "filter"): slice(1, 2),
    (functools, "reduce"): slice(1, 2),
    (itertools, "accumulate"): slice(0, 1),
    (itertools, "dropwhile"): slice(1, 2),
    (itertools, "filterfalse"): slice(1, 2),
    (itertools, "groupby"): slice(0, 1),
    (itertools, "starmap"): slice(1, 2),
    (itertools, "takewhile"): slice(1, 2),
    (math, "dist"): slice(0, 2),
    (math, "fsum"): slice(0, 1),
    (math, "prod"): slice(0, 1),
    (math, "sumprod"): slice(0, 2),  # since Python 3.12
    (operator, "countOf"): slice(0, 1),
}  # which arguments each callable takes its items from
ITEMS_ARE_ARGUMENTS = ((builtins, "max"), (builtins, "min"), (math, "hypot"))  # where there are several
HOLDERS = (
    "_collections_abc",
    "_functools",
    "_operator",
    "builtins",
    "collections",
    "ctypes.macholib.dyld",
    "enum",
    "filecmp",
    "functools",
    "importlib.metadata",
    "importlib.metadata._itertools",
    "importlib.resources._itertools",
    "itertools",
    "math",
    "numpy",
    "numpy._core",
    "numpy._core._multiarray_umath",
    "numpy._core.fromnumeric",
    "numpy._core.multiarray",
    "numpy._core.numeric",
    "numpy._core.umath",
    "numpy.f2py.auxfuncs",
    "numpy.lib._arrayterator_impl",
    "numpy.lib._function_base_impl",
    "numpy.matlib",
    "operator",
    "random",
    "statistics",
)  # modules that hold one; a look at all would take longer than the judgement of a question


def watch_builtins() -> None:
    """Replace the callables, in this process and for good."""
    replaced = {}
    for (module, name), places in ITEMS_AT.items():
        if original := getattr(module, name, None):
            replaced[id(original)] = _sealed(_watched(original, places), original)
    for module, name in ITEMS_ARE_ARGUMENTS:
        original = getattr(module, name)
        replaced[id(original)] = _sealed(_watched_several(original), original)
    replaced[id(np.frompyfunc)] = _sealed(_watched_frompyfunc(np.frompyfunc), np.frompyfunc)
    for names in [vars(sys.modules[holder]) for holder in HOLDERS if holder in sys.modules]:
        names.update({name: replaced[id(value)] for name, value in names.items() if id(value) in replaced})
    for namespace in (np, np.linalg, np.fft):
        _undispatch(namespace)


def _undispatch(namespace: ModuleType) -> None:
    """Call numpy's functions directly: the dispatch to other libraries looks at each of np.choose's choices in Python."""
    for name, function in list(vars(namespace).items()):
        if hasattr(function, "_implementation"):
            setattr(namespace, name, function._implementation)


def _sealed(watched: Callable[..., Any], original: Callable[..., Any]) -> Callable[..., Any]:
    """Hide a function's closure, which holds the original, in a cache of no entries: that is C, and has no attribute for it."""
    sealed = functools.update_wrapper(functools.lru_cache(maxsize=0)(watched), original, updated=())
    del sealed.__wrapped__
    return sealed


def _watched(original: Callable[..., Any], places: slice) -> Callable[..., Any]:
    def watched(*arguments: Any, **options: Any) -> Any:
        drawn = list(arguments)
        drawn[places] = [_draw(iter(items)) for items in arguments[places]]
        result = original(*drawn, **options)
        return _draw(result) if isinstance(original, type) else result  # an iterator would hand out its type

    return watched


def _watched_several(original: Callable[..., Any]) -> Callable[..., Any]:
    of_items = _watched(original, slice(0, 1))

    def watched(*arguments: Any, **options: Any) -> Any:
        if len(arguments) == 1 and original is not math.hypot:
            return of_items(*arguments, **options)
        return original(*_draw(iter(arguments)), **options)

    return watched


def _watched_frompyfunc(original: Callable[..., Any]) -> Callable[..., Any]:
    def watched(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        # A ufunc made of a C function leaves no steps for its items; one made of a lambda does.
        return original(lambda *values: function(*values), *arguments, **options)

    return watched


def _draw(items: Iterator[Any]) -> Iterator[Any]:
    for item in items:  # noqa: UP028  `yield from` would hand the items on in C
        yield item
