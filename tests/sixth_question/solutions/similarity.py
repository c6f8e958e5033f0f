"""Cosine similarities between two sets of vectors, without loops."""

import numpy as np


def cosine_similarities(A, B):
    """Cosine of the angle between every row of A and every row of B, with no Python loop.

    Parameters
    ----------
    A : ndarray of shape (n, d)
        Vectors.
    B : ndarray of shape (m, d)
        Vectors.

    Returns
    -------
    S : ndarray of shape (n, m)
        S[i, j] = a_i . b_j / (|a_i| |b_j|), and 0 where a vector is 0.
    """
    # Hint: one product of matrices holds every a.b; which axis does each vector of norms need?
    # BEGIN SOLUTION
    norms = np.sqrt(np.sum(A**2, axis=1))[:, np.newaxis] * np.sqrt(np.sum(B**2, axis=1))
    return A @ B.T / np.where(norms > 0, norms, 1.0)
    # END SOLUTION
