import numpy as np


def sq_norms(M):
    return np.sum(M ** 2, axis=1)


def pairwise_squared_distances(A, B):
    A = A.astype(float)
    B = B.astype(float)
    P = sq_norms(A)[:, None] + sq_norms(B) - 2 * A.dot(B.T)
    P[P < 0] = 0
    return P
