"""Squared distances between two sets of points, without loops."""

import numpy as np


def pairwise_squared_distances(A, B):
    """Squared Euclidean distance of every row of A to every row of B, with no Python loop.

    Parameters
    ----------
    A : ndarray of shape (n, d)
        Points, floats or integers (images are often uint8).
    B : ndarray of shape (m, d)
        Points.

    Returns
    -------
    P : ndarray of shape (n, m)
        P[i, j] = sum_k (A[i, k] - B[j, k])**2. Never negative.
    """
    # Hint: |a - b|^2 = |a|^2 + |b|^2 - 2 a.b, and A @ B.T holds every a.b at once.
    # Hint: uint8 arithmetic wraps round at 256, and rounding can leave -1e-13 where 0 is right.
    # BEGIN SOLUTION
    dtype = np.result_type(A, B)
    if not np.issubdtype(dtype, np.floating):
        dtype = np.float64
    # Distances do not change when all points move; near the origin the expansion cancels least.
    center = np.mean(B, axis=0, dtype=dtype)
    A = A.astype(dtype) - center
    B = B.astype(dtype) - center
    P = -2.0 * (A @ B.T)
    P += np.sum(A**2, axis=1)[:, np.newaxis]
    P += np.sum(B**2, axis=1)
    return np.maximum(P, 0.0)
    # END SOLUTION
