import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    P = np.empty((len(A), len(B)))
    b = (B**2).sum(axis=1)
    for start in range(0, len(A), 1000):
        part = A[start : start + 1000]
        P[start : start + 1000] = (part**2).sum(axis=1)[:, None] + b - 2 * part @ B.T
    return np.maximum(P, 0)
