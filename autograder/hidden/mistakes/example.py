"""Mistakes in the derivatives of one example: the Jacobian of softmax, and the loss's gradients."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.hidden.mistakes.fit import RESIDUAL, Array, near, solve
from public_checks.expect import Hint

BETWEEN = Hint(
    "sign",
    "Between two different entries J has +s_i s_j: does s_i rise when another score does?",
)
JACOBIANS = {
    (1, 1, 0): BETWEEN,
    (1, 1, -2): BETWEEN,
    (-1, 1, 0): Hint("sign", "J is the right one with the other sign: does s_i fall when its own score rises?"),
    (1, 0, 0): Hint("diagonal-only", "J has entries on the diagonal only: does s_i change with the other scores?"),
    (1, 0, -1): Hint("diagonal-only", "J has entries on the diagonal only: does s_i change with the other scores?"),
    (0, -1, 0): Hint("no-diagonal", "J is -s_i s_j everywhere: what comes in addition where i = j?"),
    (1, -1, 1): Hint("no-diagonal", "On the diagonal J is s_i: what does 1 - s_j make of it there?"),
    (0, -1, 1): Hint("no-diagonal", "On the diagonal J is 0: what is s_i (1 - s_j) there?"),
}  # by the coefficients of diag(s), s s^T and diag(s)^2, which are (1, -1, 0) when right
SCORE_GRADIENTS = {
    (1, 0): Hint("no-indicator", "dz is a itself: does the right class not get a -1 of its own?"),
    (1, 1): Hint("indicator-added", "At the right class dz is a + 1: which sign has the 1?"),
    (-1, 1): Hint("sign", "dz is the right one with the other sign: does it point uphill?"),
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
JACOBIAN_LEFT_OUT = Hint(
    "jacobian-left-out",
    "dz is da itself: what does the chain rule multiply da by?",
)


def hint_for_jacobian(J: Array, s: Array) -> Hint | None:
    """Ask about the mistake in a Jacobian (C, C) of softmax, whose value is s (C,)."""
    outer = np.outer(s, s)
    columns = np.stack([np.diag(s).ravel(), outer.ravel(), np.diag(s**2).ravel()], axis=-1)
    coefficients = solve(columns, J.ravel())
    if coefficients is None:
        among = (
            (np.diag(s) - s @ s, OUTER),
            (np.diag(s) - s * s, SQUARES),
            (s[:, np.newaxis] * (1 - s), INDICATOR),
        )
        return next((hint for formula, hint in among if _equal(J, formula)), None)
    total = coefficients[0]
    plausible = TOTALS[0] < total < TOTALS[1] and not near(coefficients, 1, -1, 0)
    if plausible and near(coefficients / total, 1, -total, 0):
        return NOT_NORMALIZED
    return _named(coefficients, JACOBIANS)


def is_of_softmax(J: Array, s: Array) -> bool:
    """Whether a wrong Jacobian is made of s all the same: of its diagonal, its outer product, or what has a name."""
    columns = np.stack([np.diag(s).ravel(), np.outer(s, s).ravel(), np.diag(s**2).ravel()], axis=-1)
    return solve(columns, J.ravel()) is not None or hint_for_jacobian(J, s) is not None


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
    }
    return _named(coefficients, {**SCORE_GRADIENTS, **among, **own})


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
            Hint("sign", f"{name} is the right one with the other sign: does it point uphill?"),
        ),
    ]
    if factor.ndim == 2:
        question = f"Every row of {name} is dz: how fast does z_c change with W_kc?"
        among.append((np.ones_like(factor) * dz, Hint("no-x", question)))
    if da is not None and da.shape == dz.shape and not _equal(da, dz):
        question = f"{name} is made of da: is that the gradient with respect to x W + b?"
        among.append((factor * da, Hint("from-da", question)))
    return next((hint for formula, hint in among if _equal(gradient, formula)), None)


def hint_for_probability_gradient(da: Array, a: Array, y: int) -> Hint | None:
    """Ask about the mistake in dl/da (C,), where the probabilities are a (C,) and the right class is y."""
    onehot = np.eye(len(a))[y]
    if near(da, *(onehot / a)):
        return Hint("sign", "da has the other sign: what is the derivative of -log a_y?")
    if near(da, *(-1 / a)) or near(da, *(0 * a - 1 / a[y])):
        question = "da is 0 at no class: which entries of a does the loss depend on?"
        return Hint("da-everywhere", question)
    if near(da, *(a - onehot)):
        return Hint("da-is-dz", "This is dz: what is the derivative of -log a_y by a itself?")
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
