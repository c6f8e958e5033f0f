"""Make loops visible that Python's builtins run in C: `sum` over an array is a loop in disguise, one that executes no bytecode.

Each of these callables is replaced by one that draws its items through a generator, so that every item costs interpreter steps.
Results do not change. The other way round, a loop of numpy's own dispatch is taken out: it is none of the answer's.
"""

import builtins
import functools
import inspect
import itertools
import math
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
    (itertools, "starmap"): slice(1, 2),
    (itertools, "accumulate"): slice(0, 1),
    (math, "fsum"): slice(0, 1),
    (math, "prod"): slice(0, 1),
    (math, "sumprod"): slice(0, 2),  # since Python 3.12
}  # which arguments each callable takes its items from
EXTREMES = ("min", "max")  # of the items of one argument, or of several arguments


def watch_builtins() -> None:
    """Replace the callables, in this process and for good."""
    for (module, name), places in ITEMS_AT.items():
        if hasattr(module, name):
            setattr(module, name, _watched(getattr(module, name), places))
    for name in EXTREMES:
        setattr(builtins, name, _watched_extreme(getattr(builtins, name)))
    for namespace in (np, np.linalg, np.fft):
        _undispatch(namespace)
    watched_frompyfunc = _watched_frompyfunc(np.frompyfunc)
    np.frompyfunc = watched_frompyfunc
    home = inspect.getmodule(np.vectorize.__init__)  # np.vectorize looks it up in its own module
    if home is not None and hasattr(home, "frompyfunc"):
        vars(home)["frompyfunc"] = watched_frompyfunc


def _undispatch(namespace: ModuleType) -> None:
    """Call numpy's functions directly: the dispatch to other libraries looks at each of np.choose's choices in Python."""
    for name, function in list(vars(namespace).items()):
        if hasattr(function, "_implementation"):
            setattr(namespace, name, function._implementation)


def _watched(original: Callable[..., Any], places: slice) -> Callable[..., Any]:
    @functools.wraps(original, updated=())
    def watched(*arguments: Any, **options: Any) -> Any:
        drawn = list(arguments)
        drawn[places] = [_draw(iter(items)) for items in arguments[places]]
        return original(*drawn, **options)

    return watched


def _watched_extreme(original: Callable[..., Any]) -> Callable[..., Any]:
    of_items = _watched(original, slice(0, 1))

    @functools.wraps(original)
    def watched(*arguments: Any, **options: Any) -> Any:
        return (of_items if len(arguments) == 1 else original)(*arguments, **options)

    return watched


def _watched_frompyfunc(original: Callable[..., Any]) -> Callable[..., Any]:
    def watched(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        # A ufunc made of a C function leaves no steps for its items; one made of a lambda does.
        return original(lambda *values: function(*values), *arguments, **options)

    return watched


def _draw(items: Iterator[Any]) -> Iterator[Any]:
    for item in items:  # noqa: UP028  `yield from` would hand the items on in C
        yield item
