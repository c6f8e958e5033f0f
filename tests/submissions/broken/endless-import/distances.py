import numpy as np


def pairwise_squared_distances(A, B):
    A = A.astype(float)
    B = B.astype(float)
    P = (A ** 2).sum(axis=1)[:, None] + (B ** 2).sum(axis=1) - 2 * A @ B.T
    return np.maximum(P, 0)


tries = 0
while tries < 1000:
    P = pairwise_squared_distances(np.ones((5, 3)), np.ones((4, 3)))
