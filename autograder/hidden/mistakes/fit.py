"""Least squares that explains an answer wholly or not at all."""

from typing import Any

import numpy as np

RESIDUAL = 8e-6  # relative: no less than what a check of values lets pass, so that whatever passes is explained
SNAP = 1e-4  # relative: how near a coefficient must be to a number to be called it

Array = np.ndarray[Any, Any]


def solve(columns: Array, target: Array) -> Array | None:
    """Find the coefficients of some columns that make a target, if the residual is nothing but rounding.

    Parameters
    ----------
    columns : ndarray of shape (n, k)
        The terms of a formula at n places.
    target : ndarray of shape (n,)
        An answer there.

    Returns
    -------
    coefficients : ndarray of shape (k,) or None
        All 0 where the target is.
    """
    if not np.all(np.isfinite(target)):
        return None
    with np.errstate(over="ignore"):
        scale = np.linalg.norm(target)
    if scale == 0:
        return np.zeros(columns.shape[1])
    with np.errstate(all="ignore"):
        coefficients: Array = np.linalg.lstsq(columns, target, rcond=None)[0]
        error = np.linalg.norm(columns @ coefficients - target)
    return coefficients if np.isfinite(scale) and error <= RESIDUAL * scale else None


def near(coefficients: Array, *expected: float) -> bool:
    """Whether coefficients are these numbers, up to rounding."""
    return bool(np.allclose(coefficients, expected, rtol=SNAP, atol=SNAP))
