import numpy as np


def pairwise_squared_distances(A, B):
    A = np.asarray(A, dtype=float)
    B = np.asarray(B, dtype=float)
    mu = B.mean(axis=0)
    A -= mu
    B -= mu
    P = np.sum(A ** 2, axis=1)[:, None] + np.sum(B ** 2, axis=1) - 2 * A @ B.T
    return np.maximum(P, 0)
