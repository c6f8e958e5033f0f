"""Comparing an answer with what is expected, and saying what differs: what, where, yours, expected.

Every function returns quietly or raises `Mismatch`.
"""

from typing import Any, NamedTuple

import numpy as np

GRADIENT_TOLERANCE = 1e-6  # norm-relative: a right gradient errs by 1e-10 against central differences, common mistakes by 1e-2
VALUE_TOLERANCE = 1e-6  # relative: an epsilon of 1e-10 inside a logarithm is right to this, a forgotten term is not
ROWS = 3  # worst entries shown of an array


class Hint(NamedTuple):
    """A question that points at a mistake."""

    id: str
    question: str


class Mismatch(AssertionError):
    """An answer differs from what is expected.

    Parameters
    ----------
    summary : str
        What differs and where, without any value of the data.
    table : str
        Yours against expected.
    hint : Hint or None
        What may be the cause.
    key : str
        Equal for two mismatches that say the same of different data.
    """

    def __init__(self, summary: str, table: str = "", hint: Hint | None = None, key: str = "") -> None:
        super().__init__("\n".join(filter(None, [summary, table, hint and hint.question])))
        self.summary, self.table, self.hint, self.key = summary, table, hint, key or summary


def describe(value: Any) -> str:
    """Say in a few words what kind of thing a value is."""
    if value is None:
        return "None (is a return missing?)"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and type {value.dtype}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    name = getattr(value, "type_name", type(value).__name__)
    if name.startswith("ndarray_of_"):
        return f"an array of type {name.removeprefix('ndarray_of_')} (do its rows differ in length?)"
    return f"a value of type {name}"


def array(value: Any, shape: tuple[int, ...], what: str, *, dtype: str = "float", turned: str = "transposed") -> Any:
    """Expect an array of a shape, of floats (or of any numbers with dtype="number"), all finite; return it.

    An array of the transpose's shape gets a hint with the id `turned`.
    """
    name = what.partition(" ")[0]
    if not isinstance(value, np.ndarray):
        raise Mismatch(
            f"{what} should be an array of shape {shape}; yours is {describe(value)}.", key=f"{name} is {describe(value)}"
        )
    value = np.asarray(value)  # a np.matrix is as good
    if value.shape != shape:
        transposed = Hint(turned, f"Yours has the shape of the transpose: did {what} turn round on the way?")
        hint = transposed if value.shape == shape[::-1] and len(set(shape)) > 1 else None
        raise Mismatch(
            f"{what} should have the shape {shape}; yours is {describe(value)}.", hint=hint, key=f"{name} has the wrong shape"
        )
    if not (np.issubdtype(value.dtype, np.floating) or (dtype == "number" and np.issubdtype(value.dtype, np.integer))):
        raise Mismatch(f"{what} should hold floats; yours is {describe(value)}.", key=f"{name} is {value.dtype}")
    finite(value, what)
    return value


def number(value: Any, what: str) -> float:
    """Expect one finite float: Python's, numpy's, or an array without axes; return it."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if not isinstance(value, (float, np.floating)):
        raise Mismatch(f"{what} should be one number; yours is {describe(value)}.")
    finite(np.asarray(value), what)
    return float(value)


def finite(value: Any, what: str) -> None:
    """Expect no NaN and no infinity."""
    bad = ~np.isfinite(value)
    if np.any(bad):
        kind = "NaN" if np.any(np.isnan(value)) else "infinite"
        where = (
            ""
            if value.ndim == 0
            else f" at {np.count_nonzero(bad)} of {value.size} places, first {_index(np.argwhere(bad)[0])}"
        )
        raise Mismatch(
            f"{what} is {kind}{where}.", hint=Hint("overflow", "Can an exponential overflow, or a logarithm meet 0?")
        )


def loss_and_gradient(value: Any, shape: tuple[int, int]) -> tuple[Any, Any]:
    """Expect a pair of things, whatever they are: (loss, dW)."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise Mismatch(
            f"The function should return (loss, dW), a number and an array of shape {shape}; yours is {describe(value)}.",
            key=f"the pair is {describe(value)}",
        )
    return value[0], value[1]


def close(yours: Any, expected: Any, what: str, tolerance: float, hint: Hint | None = None) -> None:
    """Expect max|yours - expected| / max(|yours| + |expected|) to be within a tolerance.

    One scale for the whole array: entries that are nearly 0 are not judged by their own size, which round-off rules.
    """
    yours, expected = np.asarray(yours), np.asarray(expected)
    difference = np.abs(yours - expected)
    scale = np.max(np.abs(yours) + np.abs(expected), initial=0.0)
    error = np.max(difference, initial=0.0) / scale if scale > 0 else 0.0
    if not error <= tolerance:  # in this form a NaN fails
        raise differs(
            yours, expected, difference / scale, what, f"relative error {error:.1e}, at most {tolerance:.0e} is right", hint
        )


def differs(yours: Any, expected: Any, error: Any, what: str, measure: str, hint: Hint | None = None) -> Mismatch:
    """Say where two arrays, or two numbers, differ most, with a table of the worst entries."""
    worst = np.argsort(-np.nan_to_num(error, nan=np.inf).ravel(), kind="stable")[:ROWS]
    places = [tuple(int(k) for k in np.unravel_index(flat, error.shape)) for flat in worst]
    first = places[0]
    where = f" The largest difference is at {_index(first)}." if first else ""
    if expected[first] and np.isfinite(yours[first]):
        where += f" Yours is {yours[first] / expected[first]:.3g} times the expected value{' there' if first else ''}."
    rows = [("", "yours", "expected")]
    rows += [(_index(place) if place else "", f"{yours[place]:.6g}", f"{expected[place]:.6g}") for place in places]
    widths = [max(map(len, column)) for column in zip(*rows)]
    table = "\n".join("  ".join(text.rjust(width) for text, width in zip(row, widths)) for row in rows)
    return Mismatch(f"{what} is not right: {measure}.{where}", table, hint)


def unchanged(before: Any, after: Any, names: str) -> None:
    """Expect arguments to be as they were before the call."""
    for name, old, new in zip(names.split(), before, after):
        if isinstance(old, np.ndarray) and not (isinstance(new, np.ndarray) and np.array_equal(old, new)):
            hint = Hint("mutates-input", f"Does an operation like -= or a slice assignment write into {name} itself?")
            raise Mismatch(f"The call changed its argument {name}.", hint=hint)


def _index(place: Any) -> str:
    return "[" + ", ".join(str(int(k)) for k in place) + "]"
