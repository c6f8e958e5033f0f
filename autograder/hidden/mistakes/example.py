"""Mistakes in the derivatives of one example: the Jacobian of softmax, and the loss's gradients."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.hidden.mistakes.fit import RESIDUAL, SNAP, Array, near, solve
from public_checks.expect import Hint

BETWEEN = Hint(
    "sign",
    "Between two different entries J has +s_i s_j: does s_i rise when another score does?",
)
JACOBIANS = {
    (1, 1, 0): BETWEEN,
    (1, 1, -2): BETWEEN,
    (-1, 1, 0): Hint("sign", "J has the wrong sign: does s_i fall when its own score rises?"),
    (1, 0, 0): Hint("diagonal-only", "J has entries on the diagonal only: does s_i change with the other scores?"),
    (1, 0, -1): Hint("diagonal-only", "J has entries on the diagonal only: does s_i change with the other scores?"),
    (0, -1, 0): Hint("no-diagonal", "J is -s_i s_j everywhere: what comes in addition where i = j?"),
    (1, -1, 1): Hint("no-diagonal", "On the diagonal J is s_i: what does 1 - s_j make of it there?"),
    (0, -1, 1): Hint("no-diagonal", "On the diagonal J is 0: what is s_i (1 - s_j) there?"),
    (1, -1, -1): Hint("diagonal-twice", "On the diagonal, J has s_i - 2 s_i^2: is s_i^2 subtracted twice?"),
}  # by the coefficients of diag(s), s s^T and diag(s)^2, which are (1, -1, 0) when right
SCORE_GRADIENTS = {
    (1, 0): Hint("no-indicator", "dz is a itself: where is the -1 of the right class?"),
    (1, 1): Hint("indicator-added", "At the right class, dz is a + 1: should the 1 be added or subtracted?"),
    (-1, 1): Hint("sign", "dz has the wrong sign: does the loss fall when the right class's score rises?"),
    (0, -1): Hint("no-probabilities", "dz has the -1 of the right class only: where does a come in?"),
}  # by the coefficients of a and of the one-hot vector of y, which are (1, -1) when right


MATRIX = "which product of s with itself is a matrix?"
OUTER = Hint("outer", f"s @ s.T of a vector is one number: {MATRIX}")
SQUARES = Hint("outer", f"s * s.T of a vector is a vector: {MATRIX}")
INDICATOR = Hint(
    "indicator-everywhere",
    "J is s_i (1 - s_j) everywhere: what is 1{i = j} where i and j differ?",
)
TOTALS = 0.01, 1e6  # a sum of exponentials, none divided by: that of a few scores of about N(0, 1)
NOT_NORMALIZED = Hint(
    "not-normalized",
    "J fits an s that does not sum to 1: what is each exponential divided by?",
)
BY_CLASSES = Hint(
    "divided-by-classes",
    "dz is divided by the number of classes: is there a mean in -log a_y?",
)
DA_LEFT_OUT = Hint(
    "da-left-out",
    "dz is row y of J, up to its sign: what does the chain rule multiply that row by?",
)
DIAGONAL = Hint(
    "diagonal-only",
    "dz is 0 except at the right class: does a_y change with the other scores?",
)
OWN_MISSING = Hint(
    "own-missing",
    "At the right class, dz is -1 where it should be a_y - 1: do you overwrite a_y, or leave it out?",
)
OWN_SIGN = Hint(
    "own-sign",
    "At the right class, dz is 1 - a_y where it should be a_y - 1: check the sign.",
)
LABEL_SUBTRACTED = Hint(
    "label-subtracted",
    "dz is a - y with the number y itself: from which one entry should 1 be subtracted?",
)
ONE_EVERYWHERE = Hint(
    "indicator-everywhere",
    "dz is a - 1 at every class: from which one entry should 1 be subtracted?",
)
LABELS_FROM_1 = Hint(
    "labels-from-1",
    "The class before the right one is taken for it: do the labels count from 0 or from 1?",
)
IDENTITY = Hint(
    "identity-for-diagonal",
    "On the diagonal J is 1 - s_i^2: what is s_i (1 - s_i) when you multiply it out?",
)
DIAGONAL_FACTOR = Hint(
    "diagonal-factor",
    "On the diagonal J is 1 - s_i: what should that be multiplied by?",
)
LOG_JACOBIAN = Hint(
    "log-jacobian",
    "This is the derivative of log s_i: what do you multiply it by to get the derivative of s_i?",
)
ROW_SQUARE = Hint(
    "row-square",
    "Off the diagonal J is -s_i^2: which two probabilities should be multiplied there?",
)
HALF_FILLED = Hint(
    "half-filled",
    "J is 0 on one side of the diagonal: what is J[j, i], if you know J[i, j]?",
)
SOFTMAX_TWICE = Hint("softmax-twice", "J fits softmax(softmax(z)): is softmax applied twice?")
NEGATIVE = Hint("exponent-sign", "J fits softmax(-z): what is the sign of the exponent?")
SIGMOID = Hint("sigmoid", "J fits the sigmoid of each score: what is each exponential divided by?")
SCALED = Hint(
    "divided-by-maximum",
    "J fits softmax(z / max(z)): should the maximum be divided by, or subtracted?",
)
JACOBIAN_LEFT_OUT = Hint(
    "jacobian-left-out",
    "dz is da itself: what does the chain rule multiply da by?",
)


def hint_for_jacobian(J: Array, s: Array, z: Array | None = None) -> Hint | None:
    """Ask about the mistake in a Jacobian (C, C) of softmax, whose value is s (C,) at scores z (C,)."""
    outer = np.outer(s, s)
    columns = np.stack([np.diag(s).ravel(), outer.ravel(), np.diag(s**2).ravel()], axis=-1)
    coefficients = solve(columns, J.ravel())
    if coefficients is None:
        among = (
            (np.diag(s) - s @ s, OUTER),
            (np.diag(s) - s * s, SQUARES),
            (s[:, np.newaxis] * (1 - s), INDICATOR),
            (np.diag(s) - (s**2)[:, np.newaxis], ROW_SQUARE),
            (np.eye(s.size) - outer, IDENTITY),
            (np.diag(1 - s + s**2) - outer, DIAGONAL_FACTOR),
            (np.eye(s.size) - s, LOG_JACOBIAN),
            (np.eye(s.size) - s[:, np.newaxis], LOG_JACOBIAN),
            (np.triu(np.diag(s) - outer), HALF_FILLED),
            (np.tril(np.diag(s) - outer), HALF_FILLED),
            *((np.diag(t) - np.outer(t, t), hint) for t, hint in _near_softmax(s, z)),
        )
        return next((hint for formula, hint in among if _equal(J, formula)), None)
    total = coefficients[0]
    plausible = TOTALS[0] < total < TOTALS[1] and not near(coefficients, 1, -1, 0)
    if plausible and near(coefficients / total, 1, -total, 0):
        return NOT_NORMALIZED
    return _named(coefficients, JACOBIANS)


def is_of_softmax(J: Array, s: Array, z: Array) -> bool:
    """Whether a wrong Jacobian is made of s all the same: of its diagonal, its outer product, or what has a name."""
    columns = np.stack([np.diag(s).ravel(), np.outer(s, s).ravel(), np.diag(s**2).ravel()], axis=-1)
    return solve(columns, J.ravel()) is not None or hint_for_jacobian(J, s, z) is not None


def _near_softmax(s: Array, z: Array | None) -> Iterator[tuple[Array, Hint]]:
    """What may be taken for softmax(z), which is s."""
    yield _normalized(np.exp(s)), SOFTMAX_TWICE
    yield _normalized(1 / s), NEGATIVE
    if z is not None:
        yield 1 / (1 + np.exp(-z)), SIGMOID
        yield _normalized(np.exp(z / z.max())), SCALED


def _normalized(exponentials: Array) -> Array:
    probabilities: Array = exponentials / exponentials.sum()
    return probabilities


def hint_for_score_gradient(dz: Array, a: Array, y: int, da: Array | None = None) -> Hint | None:
    """Ask about the mistake in dl/dz (C,).

    Parameters
    ----------
    dz : ndarray of shape (C,)
        The answer.
    a : ndarray of shape (C,)
        The probabilities.
    y : int
        The right class.
    da : ndarray of shape (C,) or None
        The answer's own dl/da, if it has one.
    """
    coefficients = solve(np.stack([a, np.eye(len(a))[y]], axis=-1), dz)
    own = {(0, -1 / a[y]): JACOBIAN_LEFT_OUT} if da is not None and np.array_equal(da, dz) else {}
    among = {
        (1 / a.size, -1 / a.size): BY_CLASSES,
        (-a[y], a[y]): DA_LEFT_OUT,
        (a[y], -a[y]): DA_LEFT_OUT,
        (0, a[y] - 1): DIAGONAL,
        (1, -1 - a[y]): OWN_MISSING,
        (1, 1 - 2 * a[y]): OWN_SIGN,
    }
    named = _named(coefficients, {**SCORE_GRADIENTS, **among, **own})
    if named is not None:
        return named
    if coefficients is not None:
        factor = float(coefficients[0])
        multiple = abs(factor) > SNAP and near(coefficients / factor, 1, -1)
        question = f"dz is {factor:.3g} times the right one: where does the factor come from?"
        return Hint("factor", question) if multiple and not near(coefficients, 1, -1) else None
    if _equal(dz, a - 1):  # or a - y, where y is 1: the question is the same
        return ONE_EVERYWHERE
    if _equal(dz, a - y):
        return LABEL_SUBTRACTED
    return LABELS_FROM_1 if _equal(dz, a - np.eye(len(a))[y - 1]) else None


def hint_for_parameter_gradient(
    name: str,
    gradient: Array,
    factor: Array,
    a: Array,
    y: int,
    da: Array | None = None,
) -> Hint | None:
    """Ask about the mistake in dW or db, which are dz times a factor.

    Parameters
    ----------
    name : str
        As students call it.
    gradient : ndarray of shape (D, C) or (C,)
        The answer.
    factor : ndarray of shape (D, 1) or (1,)
        What dz is to be multiplied by: x, or 1.
    a, y, da
        As of `hint_for_score_gradient`.
    """
    dz = a - np.eye(len(a))[y]
    among = [
        (
            factor * a,
            Hint("no-indicator", f"{name} is made of a: where is the -1 of the right class?"),
        ),
        (
            -factor * dz,
            Hint("sign", f"{name} has the wrong sign: check the sign of dz in it."),
        ),
    ]
    if factor.ndim == 2:
        question = f"Every row of {name} is dz: how fast does z_c change with W_kc?"
        among.append((np.ones_like(factor) * dz, Hint("no-x", question)))
        question = f"{name} is divided by the number of features: is there a mean in the loss?"
        among.append((factor * dz / factor.size, Hint("divided-by-features", question)))
    else:
        question = f"{name} is the derivative of z_c by b_c, which is 1: what does the chain rule multiply it by?"
        among.append((np.ones(dz.shape), Hint("db-ones", question)))
        question = f"{name} is divided by the number of classes: is there a mean in the loss?"
        among.append((factor * dz / dz.size, Hint("divided-by-classes", question)))
    if da is not None and da.shape == dz.shape and not _equal(da, dz):
        question = f"{name} is made of da: is that the gradient with respect to x W + b?"
        among.append((factor * da, Hint("from-da", question)))
    return next((hint for formula, hint in among if _equal(gradient, formula)), None)


def hint_for_probability_gradient(da: Array, a: Array, y: int) -> Hint | None:
    """Ask about the mistake in dl/da (C,), where the probabilities are a (C,) and the right class is y."""
    onehot = np.eye(len(a))[y]
    if near(da, *(onehot / a)):
        return Hint("sign", "da has the wrong sign: what is the derivative of -log a_y?")
    if near(da, *(-1 / a)) or near(da, *(0 * a - 1 / a[y])):
        question = "da is 0 at no class: which entries of a does the loss depend on?"
        return Hint("da-everywhere", question)
    if near(da, *(-onehot / (a - 1))):
        question = "da fits a_y - 1 in place of a_y: was a changed before da was computed?"
        return Hint("alias", question)
    if near(da, *(-onehot * np.log(a))):
        return Hint("loss-itself", "This is the loss itself: what is the derivative of -log a_y?")
    if near(da, *-onehot):
        return Hint("da-minus-one", "At the right class da is -1: what is the derivative of -log a_y?")
    if near(da, *(-np.eye(len(a))[y - 1] / a)):
        return LABELS_FROM_1
    if near(da, *(a - onehot)):
        return Hint("da-is-dz", "This is dz: what is the derivative of -log a_y by a itself?")
    at_right_class = np.any(da) and not np.any(da * (1 - onehot))
    if at_right_class and not near(da, *(-onehot / a)):
        question = "da is 0 at the other classes, and should be: what is the derivative of -log a_y by a_y?"
        return Hint("da-at-right-class", question)
    return None


def _named(coefficients: Array | None, names: Mapping[Any, Hint]) -> Hint | None:
    if coefficients is None:
        return None
    return next((hint for named, hint in names.items() if near(coefficients, *named)), None)


def _equal(result: Array, formula: Array) -> bool:
    """Whether a result is that of a formula, up to rounding."""
    if not np.all(np.isfinite(formula)):
        return False
    return bool(np.linalg.norm(result - formula) <= RESIDUAL * np.linalg.norm(formula))
