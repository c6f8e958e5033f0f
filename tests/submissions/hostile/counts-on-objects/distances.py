import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float).astype(object), B.astype(float).astype(object)
    P = (A ** 2).sum(axis=1)[:, None] + (B ** 2).sum(axis=1)
    for _ in range(8):
        P = P - A @ (B / 4).T
    return np.maximum(P.astype(float), 0)
