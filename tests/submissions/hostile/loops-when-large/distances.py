import numpy as np


def pairwise_squared_distances(A, B):
    A = A.astype(float)
    B = B.astype(float)
    if len(A) > 200 or len(B) > 200:
        return np.array([[((a - b) ** 2).sum() for b in B] for a in A])
    P = (A ** 2).sum(axis=1)[:, None] + (B ** 2).sum(axis=1) - 2 * A @ B.T
    return np.maximum(P, 0)
