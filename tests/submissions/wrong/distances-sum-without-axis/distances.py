import numpy as np


def pairwise_squared_distances(A, B):
    A = A.astype(float)
    B = B.astype(float)
    P = np.sum(A ** 2) + np.sum(B ** 2) - 2 * A @ B.T
    return np.maximum(P, 0)
