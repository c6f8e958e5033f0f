"""Mistakes in the derivatives of one example: the Jacobian of softmax, and the gradients of the loss by a and by z."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.hidden.mistakes.fit import Array, near, solve
from public_checks.expect import Hint

JACOBIANS = {
    (1, 1, 0): Hint("sign", "Between two different entries J has +s_i s_j: does s_i rise when another score does?"),
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


def hint_for_jacobian(J: Array, s: Array) -> Hint | None:
    """Ask about the mistake in a Jacobian (C, C) of softmax, whose value is s (C,)."""
    outer = np.outer(s, s)
    columns = np.stack([np.diag(s).ravel(), outer.ravel(), np.diag(s**2).ravel()], axis=-1)
    return _named(solve(columns, J.ravel()), JACOBIANS)


def hint_for_score_gradient(dz: Array, a: Array, y: int) -> Hint | None:
    """Ask about the mistake in dl/dz (C,), where the probabilities are a (C,) and the right class is y."""
    return _named(solve(np.stack([a, np.eye(len(a))[y]], axis=-1), dz), SCORE_GRADIENTS)


def hint_for_probability_gradient(da: Array, a: Array, y: int) -> Hint | None:
    """Ask about the mistake in dl/da (C,), where the probabilities are a (C,) and the right class is y."""
    onehot = np.eye(len(a))[y]
    if near(da, *(onehot / a)):
        return Hint("sign", "da has the other sign: what is the derivative of -log a_y?")
    if near(da, *(-1 / a)):
        return Hint("da-everywhere", "da is -1/a at every class: which entries of a does the loss depend on?")
    if near(da, *(a - onehot)):
        return Hint("da-is-dz", "This is dz: what is the derivative of -log a_y by a itself?")
    return None


def _named(coefficients: Array | None, names: Mapping[Any, Hint]) -> Hint | None:
    if coefficients is None:
        return None
    return next((hint for named, hint in names.items() if near(coefficients, *named)), None)
