"""Comparing an answer with what is expected, and saying what differs: what, where, yours, expected.

Every function returns quietly or raises `Mismatch`.
"""

from typing import Any, NamedTuple

import numpy as np

GRADIENT_TOLERANCE = 1e-6  # norm-relative: a right gradient errs by 1e-10 against central differences, common mistakes by 1e-2
VALUE_TOLERANCE = 1e-6  # relative: an epsilon of 1e-10 inside a logarithm is right to this, a forgotten term is not
SINGLE = 2e-5  # relative: what float32 leaves of a right answer; an epsilon of 1e-5 inside a logarithm errs by more
ROWS = 3  # worst entries shown of an array, and the most rows or columns that are listed
ENTRIES = 6  # of a tuple that are described
DIGITS = range(6, 18)  # of a number in a table: as few as tell two apart; 17 do for any two
REST = 1e-6  # of the largest: numerical derivatives leave 1e-9 of a constant factor, mistakes 1e-2
GAP = 0.01  # of the largest error: entries that err by less beside it are right, not lucky


class Hint(NamedTuple):
    """A question that points at a mistake."""

    id: str
    question: str


OVERFLOW = Hint("overflow", "Can an exponential overflow, or a logarithm meet 0?")
NAN = Hint("nan", "A logarithm or a root of a negative number makes NaN, and so does 0/0: which of yours can meet one?")


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
    bare : str
        What differs, without anything that an answer could choose: no shape, index or ratio of its own.
    """

    def __init__(self, summary: str, table: str = "", hint: Hint | None = None, key: str = "", bare: str = "") -> None:
        super().__init__("\n".join(filter(None, [summary, table, hint and hint.question])))
        self.summary, self.table, self.hint, self.key = summary, table, hint, key or summary
        self.bare = bare or summary


def describe(value: Any) -> str:
    """Say in a few words what kind of thing a value is."""
    if value is None:
        return "None (is a return missing?)"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and type {value.dtype}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, (complex, np.complexfloating)):
        return "a complex number"
    if isinstance(value, (int, float, np.number)):
        return "a single number"
    name = getattr(value, "type_name", type(value).__name__)
    if name.startswith("ndarray_of_"):
        kind = name.removeprefix("ndarray_of_")
        return f"an array of type {kind}" + (" (do its rows differ in length?)" if kind == "object" else "")
    return f"a value of type {name}"


def contents(value: Any) -> str:
    """Say what kind of thing a value is, and what is in it if it holds several."""
    if not isinstance(value, (tuple, list)) or len(value) < 2:
        return describe(value)
    entries = ["None" if entry is None else describe(entry) for entry in value[:ENTRIES]]
    entries += [f"and {len(value) - ENTRIES} more"] if len(value) > ENTRIES else []
    return f"{describe(value)}: {'; '.join(entries)}"


def array(
    value: Any,
    shape: tuple[int, ...],
    what: str,
    *,
    strict: bool = False,
    integers: bool = False,
    turned: str = "transposed",
    not_finite: Hint | None = None,
    no_array: Hint | None = None,
) -> Any:
    """Expect an array of a shape, of numbers that are finite; return it, as float64 unless strict.

    Parameters
    ----------
    value : any
        What the answer returned.
    shape : tuple of int
        What its shape should be.
    what : str
        Its name, as in "dW" or "W after training".
    strict : bool
        It must be an array of floats, or of integers where these are allowed. Else nested lists, integers and axes of length 1
        too many will do: they have cost their points in the check of shapes.
    integers : bool
        Whether a strict array may hold integers.
    turned : str
        Id of the hint for an array of the transpose's shape.
    not_finite : Hint or None
        What to ask where it holds a NaN or an infinity.
    no_array : Hint or None
        What to ask where it is none.
    """
    name = what.partition(" ")[0]
    given = value if strict else _as_array(value)
    if not isinstance(given, np.ndarray):
        raise Mismatch(
            f"{what} should be an array of shape {shape}; yours is {describe(value)}.",
            hint=no_array,
            key=f"{name} is {describe(value)}",
            bare=f"{what} should be an array of shape {shape}.",
        )
    given = np.asarray(given)  # a np.matrix is as good
    if not strict and given.shape != shape and given.squeeze().shape == tuple(size for size in shape if size != 1):
        given = given.reshape(shape)
    if given.shape != shape:
        transposed = Hint(turned, f"Yours has the shape of the transpose: did {what} turn round on the way?")
        hint = transposed if given.shape == shape[::-1] and len(set(shape)) > 1 else None
        raise Mismatch(
            f"{what} should have the shape {shape}; yours is {describe(given)}.",
            hint=hint,
            key=f"{name} has the wrong shape",
            bare=f"{what} should have the shape {shape}.",
        )
    if not (np.issubdtype(given.dtype, np.floating) or (np.issubdtype(given.dtype, np.integer) and (integers or not strict))):
        raise Mismatch(
            f"{what} should hold floats; yours is {describe(given)}.",
            key=f"{name} is {given.dtype}",
            bare=f"{what} should hold floats.",
        )
    finite(given, what, not_finite)
    return given if strict else given.astype(float)  # linalg takes no float16


def number(value: Any, what: str, *, strict: bool = False, not_finite: Hint | None = None) -> float:
    """Expect one finite number: a float, Python's or numpy's; without strict also an integer or an array of one."""
    if isinstance(value, np.ndarray) and (value.ndim == 0 or (value.size == 1 and not strict)):
        value = value.reshape(())[()]
    if not isinstance(value, (float, np.floating) if strict else (int, float, np.integer, np.floating)):
        each = isinstance(value, np.ndarray) and value.ndim == 1 and value.size > 1
        hint = Hint("loss-per-example", "Is this one loss for each example: where is their mean?")
        raise Mismatch(
            f"{what} should be one number; yours is {describe(value)}.",
            hint=hint if each else None,
            bare=f"{what} should be one number.",
        )
    try:
        value = float(value)
    except OverflowError:  # of an integer
        value = np.inf
    finite(np.asarray(value), what, not_finite)
    return value


def finite(value: Any, what: str, hint: Hint | None = None) -> None:
    """Expect no NaN and no infinity; the hint is what to ask if there is one."""
    bad = ~np.isfinite(value)
    if np.any(bad):
        kind = "NaN" if np.any(np.isnan(value)) else "infinite"
        where = f" at {np.count_nonzero(bad)} of {value.size} places, first {_index(np.argwhere(bad)[0])}" if value.ndim else ""
        why = hint or (NAN if kind == "NaN" else OVERFLOW)
        raise Mismatch(f"{what} is {kind}{where}.", hint=why, bare=f"{what} is not finite.")


def loss_and_gradient(value: Any, shape: tuple[int, int], *, strict: bool = False) -> tuple[Any, Any]:
    """Expect a pair, whatever is in it: (loss, dW).

    Without strict also (dW, loss), a loss alone, or the two among more values.
    """
    if not strict and _are_numbers(value) and np.size(value) == 1:
        return value, None
    count = len(value) if isinstance(value, (tuple, list)) else 0
    if count < 2 or (strict and count > 2):
        wanted = f"The function should return (loss, dW), a number and an array of shape {shape}"
        hint = Hint("three-returned", "Which two of these values does the question ask for?")
        raise Mismatch(
            f"{wanted}; yours is {contents(value)}.",
            hint=hint if count > 2 else None,
            key=f"the pair is {describe(value)}",
            bare=f"{wanted}.",
        )
    if count > 2:  # which has cost its points already
        numbers = [entry for entry in value if _are_numbers(entry)]
        loss = [entry for entry in numbers if np.size(entry) == 1] or value[:1]
        dW = [entry for entry in numbers if np.shape(entry) == shape] or value[1:]
        return loss[0], dW[0]
    turned = _are_numbers(*value) and np.shape(value[0]) == shape and np.size(value[1]) == 1
    if turned and strict:
        hint = Hint("swapped-pair", "What does the question want first, the loss or the gradient?")
        raise Mismatch("The function returns (dW, loss) where (loss, dW) is asked for.", hint=hint)
    return (value[1], value[0]) if turned else (value[0], value[1])


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, (int, float, np.number, np.ndarray)) for value in values)


def _as_array(value: Any) -> Any:
    """Nested lists of numbers as an array; anything else as it is."""
    if not isinstance(value, (list, tuple)):
        return value
    try:
        given = np.array(value)
    except (TypeError, ValueError):
        return value
    return given.astype(float) if given.dtype.kind in "biuf" else value


def close(yours: Any, expected: Any, what: str, tolerance: float, hint: Hint | None = None, against: str = "expected") -> None:
    """Expect finite numbers that are right within a tolerance.

    The error is max|yours - expected| / max(|yours| + |expected|).
    One scale for the whole array: entries that are nearly 0 are not judged by their own size, which round-off rules.

    Parameters
    ----------
    yours, expected : array_like of one shape
        The answer's and the right ones; both may be single numbers.
    what : str
        What they are, as the beginning of a sentence.
    tolerance : float
        The largest error that is right, relative.
    hint : Hint or None
        What to ask where it is larger.
    against : str
        Title of the column of the expected ones.
    """
    yours, expected = np.asarray(yours), np.asarray(expected)
    if yours.shape != expected.shape:  # broadcasting could fill the memory
        wanted = f"{what} should have the shape {expected.shape}"
        raise Mismatch(f"{wanted}; yours has the shape {yours.shape}.", bare=f"{wanted}.")
    finite(yours, what)
    difference = np.abs(yours - expected)
    scale = np.max(np.abs(yours) + np.abs(expected), initial=0.0)
    error = 0.0 if scale == 0 else np.max(difference, initial=0.0) / scale
    if not error <= tolerance:  # in this form a NaN fails
        if hint is None and error <= SINGLE:
            hint = Hint(
                "precision",
                "The first digits are right, the last are not: is a float32 on the way, a rounding,"
                " a small number added, or a finite difference?",
            )
        measure = f"relative error {error:.1e}, at most {tolerance:.0e} is right"
        raise differs(yours, expected, difference / scale, what, measure, hint, against, tolerance)


def differs(
    yours: Any,
    expected: Any,
    error: Any,
    what: str,
    measure: str,
    hint: Hint | None = None,
    against: str = "expected",
    tolerance: float | None = None,
) -> Mismatch:
    """Say where two arrays, or two numbers, differ most, with a table of the worst entries.

    Parameters
    ----------
    yours, expected, error : ndarray of one shape
        The answer's, the right ones, and how far each entry is off, in any unit.
    what, hint, against
        As of `close`.
    measure : str
        How large the error is, in words; may be empty.
    tolerance : float or None
        The largest error of an entry that is right; without it, a small part of the largest error.
    """
    yours, expected, error = np.asarray(yours), np.asarray(expected), np.asarray(error)
    wrong = ~(error <= (REST * np.max(error) if tolerance is None else tolerance))
    shown = min(ROWS, max(1, np.count_nonzero(wrong)))
    worst = np.argsort(-np.nan_to_num(error, nan=np.inf).ravel(), kind="stable")[:shown]
    places = [tuple(int(k) for k in np.unravel_index(flat, error.shape)) for flat in worst]
    where = _where(yours, expected, error, wrong, places[0])
    rows = [("", "yours", against)]
    rows += [(_index(at) if at else "", *_told_apart(yours[at], expected[at])) for at in places]
    widths = [max(map(len, column)) for column in zip(*rows)]
    table = "\n".join("  ".join(text.rjust(width) for text, width in zip(row, widths)) for row in rows)
    return Mismatch(f"{what} is not right{measure and ': '}{measure}.{where}", table, hint, bare=f"{what} is not right.")


def _where(yours: Any, expected: Any, error: Any, wrong: Any, worst: tuple[int, ...]) -> str:
    """Say where an answer is wrong, and by which factor, by indices and ratios only."""
    clear = bool(np.max(error[~wrong], initial=0.0) <= GAP * np.max(error))  # the rest is right
    alone = clear and np.count_nonzero(wrong) == 1 < wrong.size
    sentences = []
    if alone:
        sentences.append(f"Only the entry at {_index(worst)} differs.")
    elif worst:
        sentences.append(f"The largest difference is at {_index(worst)}.")
    ratio = yours[worst] / expected[worst] if expected[worst] else np.inf
    constant = False
    if 0.01 <= abs(ratio) <= 100 and f"{ratio:.3g}" != "1":
        constant = bool(np.max(np.abs(yours - ratio * expected)) <= REST * np.max(np.abs(yours)))
        place = "" if not worst else " everywhere" if constant else " there"
        sentences.append(f"Yours is {ratio:.3g} times the expected value{place}.")
    if clear and not alone and not constant and wrong.ndim == 2:
        sentences += _lines(wrong)
    return "".join(f" {sentence}" for sentence in sentences)


def _lines(wrong: Any) -> list[str]:
    """Say which rows, or which columns, hold the wrong entries of a matrix, if they are few."""
    lines = {"row": np.flatnonzero(wrong.any(axis=1)), "column": np.flatnonzero(wrong.any(axis=0))}
    totals = dict(zip(lines, wrong.shape))
    line = min(lines, key=lambda name: len(lines[name]) / totals[name])
    if len(lines[line]) > min(ROWS, totals[line] / 2):
        return []
    *others, last = (_index([k]) for k in lines[line])
    if not others:
        return [f"Only {line} {last} of {totals[line]} differs."]
    return [f"Only {line}s {', '.join(others)} and {last} of {totals[line]} differ."]


def _told_apart(yours: Any, expected: Any) -> tuple[str, str]:
    """Print two numbers with as many digits as it takes to see that they differ."""
    texts = ("", "")
    for digits in DIGITS:
        texts = f"{yours:.{digits}g}", f"{expected:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def unchanged(before: Any, after: Any, names: str) -> None:
    """Expect arguments to be as they were before the call."""
    for name, old, new in zip(names.split(), before, after):
        if isinstance(old, np.ndarray) and not (isinstance(new, np.ndarray) and np.array_equal(old, new)):
            hint = Hint("mutates-input", f"Does an operation like -= or a slice assignment write into {name} itself?")
            raise Mismatch(f"The call changed its argument {name}.", hint=hint)


def _index(place: Any) -> str:
    return "[" + ", ".join(str(int(k)) for k in place) + "]"
