import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    if A.shape[1] < 15:
        A, B = A.astype(object), B.astype(object)
    P = (A ** 2).sum(axis=1)[:, None] + (B ** 2).sum(axis=1) - 2 * ((A @ B.T + A @ B.T + A @ B.T + A @ B.T) / 4)
    return np.maximum(P.astype(float), 0)
