"""Is this gradient right? Compare it with differences of the function itself."""

import numpy as np

STEP = 1e-5  # truncation errs by about h**2, round-off by 1e-16 / h: their sum is least near h = 1e-5


def numerical_gradient(f, x, h=STEP):
    """Gradient of a scalar function by central differences.

    df/dx_k = (f(x + h e_k) - f(x - h e_k)) / (2 h) + O(h**2)

    Parameters
    ----------
    f : callable
        Takes an array of the shape of x, returns a number.
    x : ndarray
        Where to differentiate, float64.
    h : float
        Step size.

    Returns
    -------
    gradient : ndarray of the shape of x
        All partial derivatives.
    """
    gradient = np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        forward, backward = x.copy(), x.copy()
        forward[k] += h
        backward[k] -= h
        gradient[k] = (f(forward) - f(backward)) / (2 * h)
    return gradient


def relative_error(a, n):
    """Norm-relative error max|a - n| / max(|a| + |n|): 0 where both are 0, below 1e-6 for a right gradient.

    One scale for the whole array: entries that are nearly 0 are not judged by their own size, which round-off rules.

    Parameters
    ----------
    a, n : ndarray of one shape
        Your gradient, by formula (analytic), and the numerical one; their order makes no difference.
    """
    scale = np.max(np.abs(a) + np.abs(n))
    return np.max(np.abs(a - n)) / scale if scale > 0 else 0.0
